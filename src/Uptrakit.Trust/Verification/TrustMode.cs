namespace Uptrakit.Trust.Verification;

/// <summary>How a server is verified.</summary>
public enum TrustMode
{
    /// <summary><c>system</c>: a chain to one of the trust anchors.</summary>
    System,

    /// <summary><c>pin-fingerprint</c>: a chain to the one certificate with this fingerprint.</summary>
    PinFingerprint,

    /// <summary>
    /// <c>pin-spki</c>: the pinned key is the server's own or that of the authority that issued its certificate.
    /// </summary>
    PinSpki,

    /// <summary><c>insecure-tofu</c>: anyone is believed.</summary>
    Insecure,
}
