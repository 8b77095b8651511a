namespace Uptrakit.Trust.Anchors;

/// <summary>Where a trust anchor comes from.</summary>
public enum AnchorSource
{
    /// <summary>The Controller's own bundle, kept since first contact.</summary>
    Bundle,

    /// <summary>The file of <c>--ca-cert</c>.</summary>
    CaFile,

    /// <summary>The roots compiled in (<c>--trust-public-roots</c>).</summary>
    PublicRoots,

    /// <summary>The roots of this machine (<c>--trust-native-roots</c>).</summary>
    NativeRoots,
}
