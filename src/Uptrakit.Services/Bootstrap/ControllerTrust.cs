using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Identity;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Bootstrap;

/// <summary>By what the Controller is verified on every connection of this run. Never changes: a new bundle makes a new one.</summary>
/// <param name="How">The mode that this run was started in.</param>
/// <param name="Stored">What is known of the Controller; null with <c>insecure-tofu</c>.</param>
/// <param name="Roots">What else was asked for: file, public and native roots.</param>
/// <param name="PublicRoots">Whether the public ones are among them.</param>
/// <param name="NativeRoots">Whether those of this host are among them.</param>
internal sealed record ControllerTrust(
    ServerTrust How, StoredTrust? Stored, TrustAnchors Roots, bool PublicRoots = false, bool NativeRoots = false)
{
    /// <summary>Anyone is believed, and nothing of trust is kept.</summary>
    public bool IsStateless => How.Mode is TrustMode.Insecure;

    public ServerPolicy Policy
    {
        get
        {
            if (IsStateless)
                return ServerPolicy.Anyone;
            if (Stored is null)
                return ServerPolicy.Anchored(Roots);
            ServerPolicy stored = ServerPolicy.Stored(Stored.Bundle, Roots, !How.SkipHostname);
            return Stored is { ByPinnedKey: true, MatchedSpki: { } key }
                ? stored.Or(ServerPolicy.PinnedKey(key, candidates: null, !How.SkipHostname))
                : stored;
        }
    }

    /// <summary>What the Controller is told, so that it can count who knows a new root.</summary>
    public TrustReport Report()
    {
        TrustReport report = new()
        {
            Mode = How.ModeName,
            PublicRoots = PublicRoots,
            NativeRoots = NativeRoots,
            SkipHostname = How.SkipHostname,
        };
        if (!IsStateless && Stored is not null)
            report.Anchors.AddRange(Stored.Bundle.Certificates.Select(Encoded));
        return report;
    }

    private static ByteString Encoded(X509Certificate2 certificate) =>
        ByteString.CopyFrom(CertificateFingerprint.Of(certificate).Bytes);
}
