using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>A Controller after its first contact. All certificates are copies that live as long as this.</summary>
public sealed record EstablishedTrust
{
    /// <summary>
    /// The bundle, as the verified server served it: the anchors from now on. In insecure-tofu: as anyone served it.
    /// </summary>
    public required CertificateBundle Bundle { get; init; }

    /// <summary>Former roots and how each vouches for its successor; empty when there was no hand-over.</summary>
    public required CertificateBundle HandOver { get; init; }

    /// <summary>
    /// What vouched for the server: the pinned certificate, or the anchor of its chain. Null when its own key did, or
    /// nothing.
    /// </summary>
    public required X509Certificate2? Anchor { get; init; }

    /// <summary>Where that anchor comes from; null without one.</summary>
    public required AnchorSource? AnchorSource { get; init; }

    /// <summary>How it was established.</summary>
    public required ServerTrust How { get; init; }

    /// <summary>By which rule the server was accepted.</summary>
    public required ServerRule Rule { get; init; }

    /// <summary>The pinned key that was found, to be stored beside the bundle; null in other modes.</summary>
    public required SpkiFingerprint? MatchedSpki { get; init; }

    /// <summary>The key of the server.</summary>
    public required SpkiFingerprint ServerKey { get; init; }

    /// <summary>Whether the server's certificate had to have the name that was dialed.</summary>
    public required bool ServerNameEnforced { get; init; }

    /// <summary>
    /// What the later runs' verification, by bundle and roots, says of this server. It refuses where only the server's own key
    /// vouches for it: such a Service goes on with the pin, which then must stay configured.
    /// </summary>
    public required ServerVerdict LaterVerdict { get; init; }
}
