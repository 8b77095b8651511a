using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Uptrakit.Controller.Storage;

// For dotnet-ef only, which reads the model and connects to nothing: see eng/migrations.sh.

internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteHubContext>
{
    public SqliteHubContext CreateDbContext(string[] args) =>
        new(DesignTime.Options<SqliteHubContext>().UseSqlite("Data Source=:memory:").Options);
}

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresHubContext>
{
    public PostgresHubContext CreateDbContext(string[] args) =>
        new(DesignTime.Options<PostgresHubContext>().UseNpgsql("Host=localhost").Options);
}

internal static class DesignTime
{
    /// <summary>Identity reads the version of its tables from the options of the application.</summary>
    public static DbContextOptionsBuilder<T> Options<T>()
        where T : HubContext
    {
        ServiceCollection services = new();
        services.Configure<IdentityOptions>(static options => options.Stores.SchemaVersion = HubContext.IdentitySchema);
        return new DbContextOptionsBuilder<T>().UseApplicationServiceProvider(services.BuildServiceProvider());
    }
}
