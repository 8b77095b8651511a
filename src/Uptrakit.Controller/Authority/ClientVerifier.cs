using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>Decides which Service a client certificate belongs to.</summary>
/// <remarks>
/// The handshake proved possession of the key, and nothing else. Certificates that the client sent beside its leaf are not
/// used: we know our issuing CAs, and a chain that needs anything else is not ours.
/// </remarks>
internal sealed class ClientVerifier(AuthorityOptions options, AuthorityKeys keys, IAuthorityStore store, TimeProvider clock)
{
    private const int MaximumSize = 16 << 10;
    private const int Version3 = 3;

    /// <summary>All of it: form, path, and that it was issued here and not revoked.</summary>
    public async Task<ClientVerdict> VerifyAsync(X509Certificate2? leaf, CancellationToken cancel)
    {
        ClientVerdict verdict = Verify(leaf);
        if (!verdict.Accepted)
            return verdict;

        IssuedCertificate? issued = await store.FindIssuedAsync(verdict.CaId.Value, verdict.Serial, cancel);
        // The row must be about this key and this Service: a serial number alone would let a stolen CA key reuse one.
        if (issued is not { Kind: LeafKind.Service } || issued.ServiceId != verdict.ServiceId || !issued.Key.Matches(SpkiFingerprint.Of(leaf!)))
            return ClientVerdict.Refuse(ClientRefusal.NotIssued);
        return issued.Revoked is null ? verdict : ClientVerdict.Refuse(ClientRefusal.Revoked);
    }

    /// <summary>The part that needs no store. Not enough to let anybody in.</summary>
    internal ClientVerdict Verify(X509Certificate2? leaf)
    {
        if (leaf is null)
            return ClientVerdict.Refuse(ClientRefusal.NoLeaf);
        try
        {
            return Judge(leaf);
        }
        catch (CryptographicException)
        {
            return ClientVerdict.Refuse(ClientRefusal.Unreadable); // an extension that is not what it says it is
        }
    }

    private ClientVerdict Judge(X509Certificate2 leaf)
    {
        if (leaf.RawDataMemory.Length > MaximumSize || leaf.Version != Version3 || HasAnExtensionTwice(leaf))
            return ClientVerdict.Refuse(ClientRefusal.Unreadable);
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority))
            return ClientVerdict.Refuse(ClientRefusal.CaAsLeaf);

        // Compared as DateTime: a date that cannot be read is the first of all, and no DateTimeOffset holds that everywhere.
        DateTimeOffset now = clock.GetUtcNow();
        if (now.UtcDateTime < leaf.NotBefore.ToUniversalTime())
            return ClientVerdict.Refuse(ClientRefusal.NotYetValid);
        if (now.UtcDateTime >= leaf.NotAfter.ToUniversalTime()) // as OpenSSL counts it
            return ClientVerdict.Refuse(ClientRefusal.Expired);
        if (!IsForClientsOnly(leaf))
            return ClientVerdict.Refuse(ClientRefusal.NotForClients);
        if (!KeyPolicy.Accepts(leaf.PublicKey.ExportSubjectPublicKeyInfo()))
            return ClientVerdict.Refuse(ClientRefusal.WeakKey);
        if (!Oids.StrongSignatures.Contains(leaf.SignatureAlgorithm.Value ?? ""))
            return ClientVerdict.Refuse(ClientRefusal.WeakSignature);

        LiveCa[] named = [.. keys.Current.Accepted.Where(ca => Names(leaf, ca))];
        if (named.Length == 0)
            return ClientVerdict.Refuse(ClientRefusal.UnknownIssuer);

        // A name and a key id are only words; the signature says who it was. An Agent's leaf cannot stand in between:
        // the path is the leaf, this CA, and what is above it.
        LiveCa? signer = named.FirstOrDefault(ca => OfflineChain.Holds(leaf, Path(ca), Oids.ClientAuth, now));
        if (signer is null)
            return ClientVerdict.Refuse(ClientRefusal.BadChain);

        return SpiffeId.TryRead(leaf, options.TrustDomain, out Guid serviceId)
            ? ClientVerdict.Accept(serviceId, signer, leaf)
            : ClientVerdict.Refuse(ClientRefusal.BadName);
    }

    private static IReadOnlyList<X509Certificate2> Path(LiveCa ca) => [ca.Certificate, .. ca.Above];

    private static bool Names(X509Certificate2 leaf, LiveCa ca)
    {
        if (!leaf.IssuerName.RawData.AsSpan().SequenceEqual(ca.Certificate.SubjectName.RawData))
            return false;
        ReadOnlyMemory<byte>? keyId = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().SingleOrDefault()?.KeyIdentifier;
        return keyId is { } bytes && Convert.ToHexStringLower(bytes.Span) == ca.KeyId;
    }

    // RFC 5280, section 4.2. Of two, one reader takes the first and another the last.
    private static bool HasAnExtensionTwice(X509Certificate2 leaf) =>
        leaf.Extensions.DistinctBy(extension => extension.Oid?.Value).Count() != leaf.Extensions.Count;

    private static bool IsForClientsOnly(X509Certificate2 leaf)
    {
        X509EnhancedKeyUsageExtension? usage = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault();
        X509KeyUsageFlags flags = leaf.Extensions.OfType<X509KeyUsageExtension>().SingleOrDefault()?.KeyUsages ?? default;
        return usage?.EnhancedKeyUsages is [{ } only] && only.Value == Oids.ClientAuth
            && flags.HasFlag(X509KeyUsageFlags.DigitalSignature);
    }
}
