namespace Uptrakit.Trust.Verification;

/// <summary>Why a server was refused.</summary>
public enum ServerRefusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The server does not make a TLS 1.3 handshake.</summary>
    NoTls13,

    /// <summary>The server showed no certificate.</summary>
    NoLeaf,

    /// <summary>A certificate could not be read, or is not DER.</summary>
    Unreadable,

    /// <summary>The server sent more certificates than any honest chain has.</summary>
    TooManyCertificates,

    /// <summary>A certificate of the chain has expired.</summary>
    Expired,

    /// <summary>A certificate of the chain is not valid yet.</summary>
    NotYetValid,

    /// <summary>The name that was dialed is not among the names of the certificate.</summary>
    NameMismatch,

    /// <summary>The key may not serve TLS (key usage or extended key usage).</summary>
    NotForServers,

    /// <summary>The server's certificate is that of an authority.</summary>
    CaAsLeaf,

    /// <summary>The server's certificate is signed by nobody but itself.</summary>
    SelfSigned,

    /// <summary>A signature of the chain uses MD5, SHA-1 or an algorithm that is not on the list.</summary>
    WeakSignature,

    /// <summary>A key of the chain is RSA below 2048 bits, or lies on a curve that is not on the list.</summary>
    WeakKey,

    /// <summary>A certificate of the chain is not an X.509 v3 certificate.</summary>
    OldVersion,

    /// <summary>An extension is there twice, malformed, or critical and unknown.</summary>
    BadExtension,

    /// <summary>An authority of the chain may not speak for a name below it.</summary>
    NameConstraint,

    /// <summary>There is nothing to verify against.</summary>
    NoAnchor,

    /// <summary>No path leads to a trust anchor.</summary>
    UnknownIssuer,

    /// <summary>A certificate above the server's is not that of an authority, or may not issue this far down.</summary>
    NotACa,

    /// <summary>A signature of the chain is not by the key above it.</summary>
    BadSignature,

    /// <summary>The chain breaks another rule of RFC 5280, section 6.</summary>
    InvalidPath,

    /// <summary>The chain has more branches than are worth following.</summary>
    TooMuchWork,

    /// <summary>Neither the server's key nor that of an authority above it is the pinned one.</summary>
    PinMismatch,

    /// <summary>A certificate of the chain is on the revocation list of its issuer, or that list cannot be relied on.</summary>
    Revoked,
}
