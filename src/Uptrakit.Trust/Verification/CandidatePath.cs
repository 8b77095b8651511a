using Uptrakit.Trust.Anchors;

namespace Uptrakit.Trust.Verification;

/// <summary>A chain by names, from the server up to an anchor; whether the signatures are there is another question.</summary>
/// <param name="Chain">The server's certificate first; without the anchor.</param>
/// <param name="Anchor">The anchor.</param>
/// <param name="AnchorFacts">The anchor, read.</param>
internal sealed record CandidatePath(IReadOnlyList<CertificateFacts> Chain, TrustAnchor Anchor, CertificateFacts AnchorFacts);
