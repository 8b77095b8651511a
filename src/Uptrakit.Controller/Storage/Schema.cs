using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Storage;

/// <summary>Brings the database to the shape that this version expects.</summary>
internal sealed class Schema(IDbContextFactory<HubContext> contexts, HubStore store, DatabaseTarget target, TimeProvider clock)
{
    /// <summary>Migrates, and makes the Controller's id at the first start. The answer is what is wrong, or null.</summary>
    public async Task<string?> PrepareAsync(CancellationToken cancel)
    {
        try
        {
            await using (HubContext hub = await contexts.CreateDbContextAsync(cancel))
            {
                if (await NewerThanThisAsync(hub, cancel) is { } newer)
                    return $"the database at {target} was made by a newer version of the Controller (it knows '{newer}'): install that version";
                // EF takes a lock in the database, so that two Controllers that start at once do not both migrate.
                await hub.Database.MigrateAsync(cancel);
            }

            await store.WriteAsync(hub => FoundAsync(hub, cancel), cancel);
            return null;
        }
        catch (DbException broken)
        {
            return $"the database at {target} cannot be used: {broken.GetBaseException().Message.TrimEnd('.')}; "
                + "name another one with --database, or mend that";
        }
    }

    private static async Task<string?> NewerThanThisAsync(HubContext hub, CancellationToken cancel)
    {
        IEnumerable<string> known = hub.Database.GetMigrations();
        IEnumerable<string> applied = await hub.Database.CanConnectAsync(cancel) ? await hub.Database.GetAppliedMigrationsAsync(cancel) : [];
        return applied.Except(known, StringComparer.Ordinal).FirstOrDefault();
    }

    private async Task<bool> FoundAsync(HubContext hub, CancellationToken cancel)
    {
        if (await hub.Controllers.AnyAsync(cancel))
            return false;
        hub.Controllers.Add(new ControllerRow { ControllerId = Guid.NewGuid(), CreatedAt = clock.GetUtcNow() });
        return true;
    }
}
