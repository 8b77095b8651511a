using Google.Protobuf;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Gateway;

/// <summary>Writes the trust anchors of the Controller into messages.</summary>
internal static class Bundles
{
    public static Bundle Of(CaSnapshot authority)
    {
        Bundle bundle = new();
        bundle.Anchors.AddRange(Anchors(authority));
        bundle.HandOver.AddRange(HandOvers(authority));
        return bundle;
    }

    public static IEnumerable<ByteString> Anchors(CaSnapshot authority) =>
        authority.Bundle.Select(static certificate => UnsafeByteOperations.UnsafeWrap(certificate.RawDataMemory));

    /// <summary>Each former root, followed by what it signed for its successor.</summary>
    public static IEnumerable<ByteString> HandOvers(CaSnapshot authority) => authority.HandOvers
        .SelectMany(static pair => new[] { pair.Former, pair.Cross })
        .Select(static certificate => UnsafeByteOperations.UnsafeWrap(certificate.RawDataMemory));
}
