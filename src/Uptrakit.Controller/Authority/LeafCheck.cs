using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>Judges a leaf that we signed as if a stranger had.</summary>
/// <remarks>A fault in a template, in a library or in memory must end here, not in a certificate that is trusted for a month.</remarks>
internal static class LeafCheck
{
    /// <returns>Null when it may be handed out; else what is wrong with it.</returns>
    internal static string? Fault(X509Certificate2 leaf, SigningRequest request, string usage, LiveCa ca, DateTimeOffset now)
    {
        if (!SpkiFingerprint.TryOf(leaf, out SpkiFingerprint? key) || !key.Matches(request.Key))
            return "it certifies another key than the one that was asked for";
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is not { CertificateAuthority: false })
            return "it does not say that it is no CA";
        if (leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault()?.EnhancedKeyUsages is not [{ } only] || only.Value != usage)
            return "it is not for exactly one use";
        if (leaf.NotBefore.ToUniversalTime() < ca.NotBefore || leaf.NotAfter.ToUniversalTime() > ca.NotAfter)
            return "its dates are not within those of its CA";
        if (!OfflineChain.Holds(leaf, [ca.Certificate, .. ca.Above], usage, now))
            return "it does not chain to the root";
        return null;
    }
}
