using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>Keeps a server certificate from our own CA that is fit: for these names, from the active CA, and young enough.</summary>
internal sealed class ServerLeafKeeper(
    string folder, AuthorityKeys keys, Issuer issuer, IAuthorityStore store, TimeProvider clock, ILogger<ServerLeafKeeper> logger)
    : IDisposable
{
    private readonly SemaphoreSlim refreshing = new(1);
    private volatile ServerCredential? current;

    /// <summary>What new handshakes show; null before the first <see cref="RefreshAsync"/>.</summary>
    public ServerCredential? Current => current;

    /// <summary>Looks whether a new one is due and makes it. For the start, every hour, and after a change of the CAs or the names.</summary>
    /// <returns>Null when <see cref="Current"/> is fit; else why no new one could be made: the present one stays in use.</returns>
    /// <exception cref="IOException">The state folder is full or broken: the new one is in use, and the next start makes another.</exception>
    public async Task<string?> RefreshAsync(ServerNames names, CancellationToken cancel)
    {
        await refreshing.WaitAsync(cancel);
        try
        {
            CaSnapshot authority = keys.Current;
            if (current is null && ServerLeafFile.TryRead(folder, out ServerCredential? stored))
                current = stored;
            string? reason = DueReason(current, authority, names);
            return reason is null ? null : await RenewAsync(authority, names, reason, cancel);
        }
        finally
        {
            refreshing.Release();
        }
    }

    public void Dispose() => refreshing.Dispose();

    /// <summary>Why a new certificate is needed, in words; null when this one is fit.</summary>
    internal string? DueReason(ServerCredential? credential, CaSnapshot authority, ServerNames names)
    {
        if (credential is null)
            return "there is none yet";
        if (!names.AreThoseOf(credential.Leaf))
            return "its names have changed";
        // Both: when the former root is retired the leaf stays the same, and the cross-certificate is no longer sent.
        if (!SameChain(credential.Intermediates, authority.ServerIntermediates))
            return "its CA has changed";

        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan life = credential.NotAfter - credential.NotBefore;
        if (now < credential.NotBefore)
            return "it is not valid yet at this machine's time";
        return now >= credential.NotBefore + (life * 2 / 3) ? "two thirds of its life are over" : null;
    }

    private async Task<string?> RenewAsync(CaSnapshot authority, ServerNames names, string reason, CancellationToken cancel)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256); // fresh each time: an old key that leaked ends with its leaf
        if (!issuer.TryIssueServer(authority, SigningRequest.For(key), names, out Issued? issued, out string? fault))
            return fault;

        byte[] pkcs8 = key.ExportPkcs8PrivateKey();
        try
        {
            if (!ServerCredential.TryCreate(issued.Leaf, authority.ServerIntermediates, pkcs8, out ServerCredential? next))
                return "the new server certificate does not fit its key";

            await store.RecordAsync(issued.Record, cancel);
            current = next; // before it is written: a full disk must not take the server down on the day the old one ends
            logger.ServerLeafIssued(names, next.NotAfter, reason);
            ServerLeafFile.Write(
                folder, key, [issued.Leaf.RawData, .. authority.ServerIntermediates.Select(certificate => certificate.RawData)]);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static bool SameChain(IReadOnlyList<X509Certificate2> a, IReadOnlyList<X509Certificate2> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second.RawDataMemory.Span));
}
