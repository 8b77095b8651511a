using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>What a server showed in a handshake: copies, which outlive the connection.</summary>
/// <param name="Leaf">Its certificate.</param>
/// <param name="Presented">What else it sent.</param>
/// <param name="Anchor">Where its path ended; null when it was refused, or accepted without a path.</param>
internal sealed record SeenServer(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Presented, TrustAnchor? Anchor)
{
    // More is not looked at by any verifier.
    private const int MostKept = 17;

    public SpkiFingerprint? Key => SpkiFingerprint.TryOf(Leaf, out SpkiFingerprint? key) ? key : null;

    public static SeenServer? Of(X509Certificate2? leaf, IReadOnlyList<X509Certificate2> presented, ServerVerdict verdict) =>
        leaf is null
            ? null
            : new SeenServer(
                Copy(leaf),
                [.. presented.Take(MostKept).Select(Copy)],
                verdict.Anchor is { } anchor ? anchor with { Certificate = Copy(anchor.Certificate) } : null
            );

    private static X509Certificate2 Copy(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span);
}
