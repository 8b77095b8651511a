using Microsoft.Extensions.Logging;
using Uptrakit.Services.Options;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Services.Bootstrap;

/// <summary>The anchors that flags name, composed once: what the system's store holds later is for the next start.</summary>
internal static class OperatorRoots
{
    public static TrustAnchors Of(ServiceOptions options, ILogger logger)
    {
        TrustAnchors roots = TrustAnchors.None;
        if (options.CaFile is { } file)
            roots = roots.WithCaFile(file);
        if (options.PublicRoots)
            roots = roots.WithPublicRoots();
        if (options.NativeRoots)
        {
            NativeRoots native = NativeRoots.Load();
            logger.NativeRoots(native.Count, string.Join(", ", native.Places));
            roots = roots.WithNativeRoots(native);
        }

        return roots;
    }
}
