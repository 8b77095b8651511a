using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The revocation list of each CA that still has its key, signed anew after a revocation and every hour.</summary>
/// <remarks>Kept in between: anybody may fetch it, and must not make us sign for it.</remarks>
internal sealed class CrlPublisher(IAuthorityStore store, AuthorityKeys keys, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromHours(1);

    // A certificate appears once more after its end (RFC 5280, section 3.3).
    private static readonly TimeSpan Afterwards = 2 * Lifetimes.Crl;

    private readonly SemaphoreSlim building = new(1);
    private readonly ConcurrentDictionary<Guid, Published> published = new();
    private int revocations;

    /// <summary>After a revocation here: the next list is made anew. What another Controller revokes is on it within the hour.</summary>
    public void Invalidate()
    {
        Interlocked.Increment(ref revocations);
        published.Clear();
    }

    /// <summary>The list of the active issuing CA, DER.</summary>
    public async Task<byte[]> OfIssuingAsync(CancellationToken cancel) => await OfAsync(keys.Current.Issuing, keys.Current, cancel);

    /// <summary>The list of the CA with this key identifier (lower-case hex), DER; null when no such CA signs any more.</summary>
    public async Task<byte[]?> FindAsync(string keyId, CancellationToken cancel)
    {
        CaSnapshot snapshot = keys.Current;
        return snapshot.Find(keyId) is { } ca ? await OfAsync(ca, snapshot, cancel) : null;
    }

    public void Dispose() => building.Dispose();

    private async Task<byte[]> OfAsync(LiveCa ca, CaSnapshot snapshot, CancellationToken cancel)
    {
        if (Fresh(ca, snapshot) is { } ready)
            return ready;

        await building.WaitAsync(cancel);
        try
        {
            if (Fresh(ca, snapshot) is { } meanwhile)
                return meanwhile;

            int before = Volatile.Read(ref revocations);
            byte[] der = await BuildAsync(ca, snapshot, cancel);
            // A revocation while this list was made may not be on it: hand it out, but don't keep it.
            if (before == Volatile.Read(ref revocations))
                published[ca.Id] = new Published(der, clock.GetUtcNow(), snapshot.Version);
            return der;
        }
        finally
        {
            building.Release();
        }
    }

    private byte[]? Fresh(LiveCa ca, CaSnapshot snapshot) =>
        published.TryGetValue(ca.Id, out Published? list)
        && list.Version == snapshot.Version && clock.GetUtcNow() - list.Made < MaximumAge
            ? list.Der
            : null;

    private async Task<byte[]> BuildAsync(LiveCa ca, CaSnapshot snapshot, CancellationToken cancel)
    {
        DateTimeOffset now = Extensions.WholeSeconds(clock.GetUtcNow());
        CertificateRevocationListBuilder list = new();
        foreach (IssuedCertificate leaf in await store.ListRevokedAsync(ca.Id, now - Afterwards, cancel))
            list.AddEntry(Convert.FromHexString(leaf.Serial), leaf.Revoked, leaf.Reason);
        foreach (RetiredCa below in RetiredCa.Under(ca, snapshot))
            list.AddEntry(below.Certificate, below.Retired, RetiredCa.Reason);

        BigInteger number = await store.NextCrlNumberAsync(ca.Id, cancel);
        CaKey key = ca.Key ?? throw new InvalidOperationException("a retired CA signs nothing");
        return list.Build(
            ca.Certificate.SubjectName, key, number, now + Lifetimes.Crl, key.Hash, Extensions.AuthorityKeyId(ca), now - Lifetimes.Backdating);
    }

    private sealed record Published(byte[] Der, DateTimeOffset Made, long Version);
}
