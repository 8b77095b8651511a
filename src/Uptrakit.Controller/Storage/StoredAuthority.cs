using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Storage;

/// <summary>What the Authority remembers, in the database.</summary>
internal sealed class StoredAuthority(HubStore store, AuditLog audit) : IAuthorityStore
{
    public Task<CaSet> LoadAsync(CancellationToken cancel) => store.ReadAsync(async hub =>
    {
        // The version first: CAs that are saved in between are then newer than it says, and are loaded once more.
        long version = await hub.Controllers.Select(row => row.CaVersion).SingleAsync(cancel);
        return new CaSet(version, await hub.CertificateAuthorities.ToListAsync(cancel));
    }, cancel);

    public Task<bool> TrySaveAsync(IReadOnlyList<CaRecord> changed, long expectedVersion, CancellationToken cancel) =>
        store.WriteAsync(async hub =>
        {
            int counted = await hub.Controllers.Where(row => row.CaVersion == expectedVersion)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.CaVersion, expectedVersion + 1), cancel);
            if (counted == 0)
                return false;
            HashSet<Guid> known = [.. await hub.CertificateAuthorities.Select(ca => ca.Id).ToListAsync(cancel)];
            foreach (CaRecord ca in changed)
            {
                hub.Entry(ca).State = known.Contains(ca.Id) ? EntityState.Modified : EntityState.Added;
                audit.Add(hub, AuditActor.Current, $"ca.{NameOf(ca.State)}", NameOf(ca), FingerprintOf(ca));
            }

            return true;
        }, cancel);

    public Task RecordAsync(IssuedCertificate issued, CancellationToken cancel) => store.WriteAsync(hub =>
    {
        hub.IssuedCertificates.Add(issued);
        return Task.FromResult(true);
    }, cancel);

    public Task<IssuedCertificate?> FindIssuedAsync(Guid caId, string serial, CancellationToken cancel) => store.ReadAsync(
        hub => hub.IssuedCertificates.SingleOrDefaultAsync(issued => issued.CaId == caId && issued.Serial == serial, cancel), cancel);

    public Task<IReadOnlyList<IssuedCertificate>> ListRevokedAsync(Guid caId, DateTimeOffset endingAfter, CancellationToken cancel) =>
        store.ReadAsync<IReadOnlyList<IssuedCertificate>>(async hub => await hub.IssuedCertificates
            .Where(issued => issued.CaId == caId && issued.Revoked != null && issued.NotAfter > endingAfter)
            .ToListAsync(cancel), cancel);

    public async Task<long> NextCrlNumberAsync(Guid caId, CancellationToken cancel)
    {
        try
        {
            return await store.WriteAsync(hub => CountAsync(hub, caId, cancel), cancel);
        }
        catch (DbUpdateException)
        {
            // Another Controller made the first row in between.
            return await store.WriteAsync(hub => CountAsync(hub, caId, cancel), cancel);
        }
    }

    private static string NameOf(CaState state) => state.ToString().ToLowerInvariant();

    private static string NameOf(CaRecord ca) => $"{ca.Role.ToString().ToLowerInvariant()}-g{ca.Generation}";

    private static string FingerprintOf(CaRecord ca) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ca.Certificate));

    private static async Task<long> CountAsync(HubContext hub, Guid caId, CancellationToken cancel)
    {
        int counted = await hub.CrlCounters.Where(row => row.CaId == caId)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Last, row => row.Last + 1), cancel);
        if (counted > 0)
            return await hub.CrlCounters.Where(row => row.CaId == caId).Select(row => row.Last).SingleAsync(cancel);
        hub.CrlCounters.Add(new CrlCounterRow { CaId = caId, Last = 1 });
        return 1;
    }
}
