using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Uptrakit.Controller.Storage;

// For dotnet-ef only, which reads the model and connects to nothing. See CONTRIBUTING.md.

internal static class DesignTime
{
    public static IServiceProvider Services { get; } =
        new ServiceCollection().Configure<IdentityOptions>(HubContext.Tables).BuildServiceProvider();
}

internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteHubContext>
{
    public SqliteHubContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteHubContext>().UseSqlite("Data Source=:memory:").UseApplicationServiceProvider(DesignTime.Services).Options);
}

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresHubContext>
{
    public PostgresHubContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresHubContext>().UseNpgsql("Host=localhost").UseApplicationServiceProvider(DesignTime.Services).Options);
}
