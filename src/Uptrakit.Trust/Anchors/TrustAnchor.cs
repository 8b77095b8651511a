using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Anchors;

/// <summary>A certificate of an authority that is trusted without further proof.</summary>
/// <param name="Certificate">The certificate; it lives as long as the anchors it is one of.</param>
/// <param name="Source">Who says so.</param>
public sealed record TrustAnchor(X509Certificate2 Certificate, AnchorSource Source);
