using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>
/// What a server and its bundle must be at first contact. One place for the contact itself and for the report of what one would
/// come to.
/// </summary>
/// <param name="Policy">By what the server is judged.</param>
/// <param name="HoldsPin">Whether the bundle that a server served, which that rule accepted, holds what is pinned.</param>
internal sealed record ContactTerms(ServerPolicy Policy, Func<CertificateBundle, X509Certificate2, ServerRule, bool> HoldsPin)
{
    /// <summary>Whoever answers.</summary>
    public static ContactTerms Nothing { get; } = new(ServerPolicy.Anyone, static (_, _, _) => true);

    // The bundle comes over the connection that is verified already: nothing of it is needed to verify.
    public static ContactTerms System(TrustAnchors roots) => new(ServerPolicy.Anchored(roots), static (_, _, _) => true);

    /// <summary>Null when the certificate is not in the bundle.</summary>
    public static ContactTerms? Fingerprint(
        CertificateFingerprint pin,
        CertificateBundle bundle,
        TrustAnchors roots,
        bool enforceName
    ) =>
        // One certificate names itself by its hash. Whatever else is in the bundle may be stuffed in.
        bundle.Find(pin) is { } pinned
            ? new ContactTerms(
                ServerPolicy.Stored(CertificateBundle.Of([pinned]), roots, enforceName),
                (served, _, _) => served.Find(pin) is not null
            )
            : null;

    /// <summary>Null when neither the server nor anything that it shows has the key.</summary>
    public static ContactTerms? Key(
        SpkiFingerprint pin,
        CertificateBundle bundle,
        SeenServer? seen,
        TrustAnchors roots,
        bool enforceName
    )
    {
        List<X509Certificate2> pinned = [.. bundle.Certificates.Concat(seen?.Presented ?? []).Where(c => HasKey(c, pin))];
        if (pinned.Count == 0 && !(seen is not null && HasKey(seen.Leaf, pin)))
            return null;
        return new ContactTerms(
            ServerPolicy.PinnedKey(pin, CertificateBundle.Of(pinned), enforceName).Or(ServerPolicy.Anchored(roots)),
            (served, leaf, rule) =>
                rule is not ServerRule.Anchor || HasKey(leaf, pin) || served.Certificates.Any(c => HasKey(c, pin))
        );
    }

    internal static bool HasKey(X509Certificate2 certificate, SpkiFingerprint pin) =>
        SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) && key.Matches(pin);
}
