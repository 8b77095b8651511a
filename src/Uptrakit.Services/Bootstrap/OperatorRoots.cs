using Uptrakit.Contracts.Client;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Bootstrap;

/// <summary>The anchors that flags name, composed once: what the system's store holds later is for the next start.</summary>
internal static class OperatorRoots
{
    /// <param name="options">The flags.</param>
    /// <param name="native">The roots of this host; null where nobody asks for them.</param>
    public static TrustAnchors Of(ServiceOptions options, NativeRoots? native)
    {
        TrustAnchors roots = TrustAnchors.None;
        if (options.CaFile is { } file)
            roots = roots.WithCaFile(file);
        if (options.PublicRoots)
            roots = roots.WithPublicRoots();
        return options.NativeRoots && native is not null ? roots.WithNativeRoots(native) : roots;
    }

    /// <summary>How the server of <c>--pki-addr</c> is met: by these anchors, or by the stored bundle.</summary>
    public static ContactRequest ToPki(TrustAnchors roots, StoredTrust? stored) => new()
    {
        Trust = ServerTrust.System(),
        Roots = stored is null ? roots : roots.WithBundle(stored.Bundle),
    };
}
