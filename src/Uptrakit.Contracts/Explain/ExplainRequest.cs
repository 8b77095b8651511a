using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>What is to be explained: a live server, and by what it is verified here.</summary>
public sealed record ExplainRequest
{
    /// <summary>The server.</summary>
    public required ControllerAddress Address { get; init; }

    /// <summary>The mode that is configured, with its pin.</summary>
    public required ServerTrust Trust { get; init; }

    /// <summary>The bundle or certificate that is stored for this Controller; null when nothing is.</summary>
    public CertificateBundle? Stored { get; init; }

    /// <summary>The file of <c>--ca-cert</c>, or null.</summary>
    public CertificateBundle? CaFile { get; init; }

    /// <summary>The bundle of <c>--pki-addr</c>, proved already; null without one.</summary>
    public CertificateBundle? PkiBundle { get; init; }

    /// <summary>Whether the public roots are asked for.</summary>
    public bool PublicRoots { get; init; }

    /// <summary>Whether this machine's roots are asked for.</summary>
    public bool NativeRoots { get; init; }

    /// <summary>A pin to try though another mode is configured: an acknowledged fingerprint, that of a token.</summary>
    public CertificateFingerprint? OtherFingerprint { get; init; }

    /// <summary>A key to try though another mode is configured: the one that was matched at first contact.</summary>
    public SpkiFingerprint? OtherSpki { get; init; }

    /// <summary>
    /// By what a caller that knows its Controller judges it on every connection; null judges by <see cref="Stored"/>.
    /// </summary>
    public ServerPolicy? Known { get; init; }

    /// <summary>
    /// By what such a caller goes on where the served bundle and evidence show a hand-over of its root; null where they show
    /// none. Null for a caller that does not follow.
    /// </summary>
    public Func<CertificateBundle, CertificateBundle, ServerPolicy?>? AfterHandOver { get; init; }

    /// <summary>Why the caller would refuse before it calls anybody; null when it would not.</summary>
    public string? Contradiction { get; init; }

    /// <summary>Whether the caller keeps the bundle, so that there must be one at first contact.</summary>
    public bool KeepsBundle { get; init; }

    /// <summary>A certificate that this bundle must hold whatever the mode: the pin in a token.</summary>
    public CertificateFingerprint? InBundle { get; init; }

    /// <summary>For the connection.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);
}
