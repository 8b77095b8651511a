using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Verification;

/// <summary>The mode <c>pin-spki</c>.</summary>
public sealed partial class ServerVerifier
{
    // Two generations and their cross-certificates are four; each costs a search.
    private const int MostPinned = 8;

    /// <summary>
    /// Verifies a server by a pinned key: its own, or that of an authority that demonstrably issued its certificate.
    /// </summary>
    /// <param name="leaf">The certificate with which the server made the handshake, or null when it showed none.</param>
    /// <param name="presented">What else it sent.</param>
    /// <param name="candidates">The fetched bundle, for a server does not send its root. Null when there is none.</param>
    /// <param name="pin">The pinned key.</param>
    /// <param name="host">The name or address that was dialed.</param>
    /// <param name="enforceName">Whether the certificate must have that name.</param>
    /// <returns>The verdict. Never throws for what the certificates hold.</returns>
    /// <remarks>
    /// "Any certificate's key matches" read literally accepts an attacker's leaf with the genuine authority's certificate
    /// sent along, for that is public. So the pin counts on the leaf, whose key the handshake has proved, or on a
    /// certificate that as the only anchor validates the leaf, signatures, dates, CA flag and purpose included.
    /// </remarks>
    public ServerVerdict VerifyPinnedKey(
        X509Certificate2? leaf,
        IReadOnlyList<X509Certificate2> presented,
        CertificateBundle? candidates,
        SpkiFingerprint pin,
        string host,
        bool enforceName
    )
    {
        ArgumentNullException.ThrowIfNull(presented);
        ArgumentNullException.ThrowIfNull(pin);
        if (leaf is null)
            return ServerVerdict.Refuse(ServerRefusal.NoLeaf);
        if (presented.Count > MostCertificates)
            return ServerVerdict.Refuse(ServerRefusal.TooManyCertificates);
        if (HasKey(leaf, pin))
            return VerifyProvenKey(leaf, host, enforceName);

        ServerVerdict verdict = ServerVerdict.Refuse(ServerRefusal.PinMismatch, leaf);
        foreach (X509Certificate2 pinned in Pinned(candidates, presented, pin))
        {
            TrustAnchors only = TrustAnchors.None.WithBundle(CertificateBundle.Of([pinned]));
            verdict = Verify(leaf, presented, only, host, enforceName);
            if (verdict.Accepted)
                return ServerVerdict.Accept(ServerRule.PinnedAuthorityKey, verdict.Anchor, verdict.Path);
        }

        // The pinned certificate was there and did not issue this one: sent along by whoever this is.
        return verdict.Refusal is ServerRefusal.UnknownIssuer ? ServerVerdict.Refuse(ServerRefusal.PinMismatch, leaf) : verdict;
    }

    private ServerVerdict VerifyProvenKey(X509Certificate2 leaf, string host, bool enforceName)
    {
        if (!CertificateFacts.TryRead(leaf, out CertificateFacts? facts, out ServerRefusal refusal))
            return ServerVerdict.Refuse(refusal, leaf);
        ServerName? name = null;
        if (enforceName && !ServerName.TryParse(host, out name))
            return ServerVerdict.Refuse(ServerRefusal.NameMismatch, leaf);

        refusal = CertificateRules.OfLeafWithProvenKey(facts, clock.GetUtcNow(), name);
        return refusal is ServerRefusal.None
            ? ServerVerdict.Accept(ServerRule.PinnedLeafKey, anchor: null, [leaf])
            : ServerVerdict.Refuse(refusal, leaf);
    }

    private static IEnumerable<X509Certificate2> Pinned(
        CertificateBundle? candidates,
        IReadOnlyList<X509Certificate2> presented,
        SpkiFingerprint pin
    ) =>
        (candidates?.Certificates ?? [])
            .Concat(presented)
            .Where(c => HasKey(c, pin))
            .DistinctBy(CertificateFingerprint.Of)
            .Take(MostPinned);

    private static bool HasKey(X509Certificate2 certificate, SpkiFingerprint pin) =>
        SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) && key.Matches(pin);
}
