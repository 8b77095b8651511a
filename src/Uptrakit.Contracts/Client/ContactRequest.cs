using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>How a Controller is met for the first time.</summary>
public sealed record ContactRequest
{
    /// <summary>The mode, with its pin.</summary>
    public required ServerTrust Trust { get; init; }

    /// <summary>
    /// The file of <c>--ca-cert</c>, the public and the native roots, as asked for. Beside a pin, the server may chain to them,
    /// always under its own name, and its bundle must still hold what is pinned.
    /// </summary>
    public TrustAnchors Roots { get; init; } = TrustAnchors.None;

    /// <summary>
    /// With <see cref="TrustMode.Insecure"/>: the fingerprint that the operator saw on an earlier run and now stands for. It is
    /// then a pin like any other, except that the server's name stays out of it.
    /// </summary>
    public CertificateFingerprint? Acknowledged { get; init; }

    /// <summary>For each of the two connections.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);
}
