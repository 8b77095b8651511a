using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

/// <summary>The store as its contract describes it, without a database.</summary>
internal sealed class MemoryAuthorityStore : IAuthorityStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, CaRecord> cas = [];
    private readonly Dictionary<(Guid, string), IssuedCertificate> issued = [];
    private readonly Dictionary<Guid, long> crlNumbers = [];
    private long version;

    /// <summary>Runs before the next save looks at the version: what another Controller does meanwhile.</summary>
    public Action? BeforeSave { get; set; }

    public int Saves { get; private set; }

    public IReadOnlyCollection<IssuedCertificate> Issued => issued.Values;

    public Task<CaSet> LoadAsync(CancellationToken cancel)
    {
        lock (gate)
            return Task.FromResult(new CaSet(version, [.. cas.Values]));
    }

    public Task<bool> TrySaveAsync(IReadOnlyList<CaRecord> changed, long expectedVersion, CancellationToken cancel)
    {
        Action? before = BeforeSave;
        BeforeSave = null;
        before?.Invoke();
        lock (gate)
        {
            if (expectedVersion != version)
                return Task.FromResult(false);
            foreach (CaRecord ca in changed)
                cas[ca.Id] = ca;
            version++;
            Saves++;
            return Task.FromResult(true);
        }
    }

    public Task RecordAsync(IssuedCertificate issued, CancellationToken cancel)
    {
        lock (gate)
            this.issued.Add((issued.CaId, issued.Serial), issued);
        return Task.CompletedTask;
    }

    public Task<IssuedCertificate?> FindIssuedAsync(Guid caId, string serial, CancellationToken cancel)
    {
        lock (gate)
            return Task.FromResult(issued.GetValueOrDefault((caId, serial)));
    }

    public Task<IReadOnlyList<IssuedCertificate>> ListRevokedAsync(Guid caId, DateTimeOffset endingAfter, CancellationToken cancel)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<IssuedCertificate>>(
                [.. issued.Values.Where(leaf => leaf.CaId == caId && leaf.Revoked is not null && leaf.NotAfter > endingAfter)]);
        }
    }

    public Task<long> NextCrlNumberAsync(Guid caId, CancellationToken cancel)
    {
        lock (gate)
            return Task.FromResult(crlNumbers[caId] = crlNumbers.GetValueOrDefault(caId) + 1);
    }

    public void Revoke(IssuedCertificate leaf, DateTimeOffset at, System.Security.Cryptography.X509Certificates.X509RevocationReason reason)
    {
        lock (gate)
            issued[(leaf.CaId, leaf.Serial)] = leaf with { Revoked = at, Reason = reason };
    }
}
