using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Storage;

internal static class StorageServices
{
    /// <summary>Adds <see cref="HubStore"/>, and <see cref="HubContext"/> for what brings stores of its own (Identity, OpenIddict).</summary>
    public static void AddStorage(this IServiceCollection services, DatabaseTarget target)
    {
        services.AddSingleton(target);
        services.Configure<IdentityOptions>(static options => options.Stores.SchemaVersion = HubContext.IdentitySchema);
        if (target.IsPostgres)
            services.AddContexts<PostgresHubContext>(builder => builder.UseNpgsql(target.Connection));
        else
            services.AddContexts<SqliteHubContext>(builder => builder.UseSqlite(target.Connection).AddInterceptors(new SqlitePragmas()));
        services.AddScoped(static services => services.GetRequiredService<IDbContextFactory<HubContext>>().CreateDbContext());
        services.AddSingleton<HubStore>();
        services.AddSingleton<Schema>();
        services.AddSingleton<IAuthorityStore, StoredAuthority>();
        services.AddSingleton<StateSealer>();
        services.AddSingleton<IKeySealer>(static services => services.GetRequiredService<StateSealer>());
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, SealedXmlSetup>();
        services.AddDataProtection().SetApplicationName("uptrakit-controller").PersistKeysToDbContext<HubContext>();
    }

    private static void AddContexts<T>(this IServiceCollection services, Action<DbContextOptionsBuilder> provider)
        where T : HubContext
    {
        services.AddPooledDbContextFactory<T>(provider);
        services.AddSingleton<IDbContextFactory<HubContext>, Contexts<T>>();
    }

    private sealed class Contexts<T>(IDbContextFactory<T> typed) : IDbContextFactory<HubContext>
        where T : HubContext
    {
        public HubContext CreateDbContext() => typed.CreateDbContext();
    }
}
