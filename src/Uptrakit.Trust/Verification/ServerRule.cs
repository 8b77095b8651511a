namespace Uptrakit.Trust.Verification;

/// <summary>By which rule a server was accepted.</summary>
public enum ServerRule
{
    /// <summary>By none: it was refused.</summary>
    None,

    /// <summary>Its chain ends in a trust anchor.</summary>
    Anchor,

    /// <summary>Its own key is the pinned one, and the handshake proved that it holds it.</summary>
    PinnedLeafKey,

    /// <summary>Its chain ends in a certificate of an authority whose key is the pinned one.</summary>
    PinnedAuthorityKey,

    /// <summary>
    /// Nobody looked: <see cref="TrustMode.Insecure"/>, or a connection over which nothing that counts is sent or believed.
    /// </summary>
    Unverified,
}
