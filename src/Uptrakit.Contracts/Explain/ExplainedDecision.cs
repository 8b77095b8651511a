using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>What one mode decides about the server.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="With">With what: <c>stored bundle</c>, <c>public roots</c>, the pin; for people.</param>
/// <param name="Configured">Whether this is how it is configured.</param>
/// <param name="Accepted">The decision; null when the mode lacks what it needs, such as a pin.</param>
/// <param name="Rule">The rule that accepted.</param>
/// <param name="Refusal">The reason of a refusal.</param>
/// <param name="Words">The decision as a sentence.</param>
/// <param name="Anchor">Where the accepted chain ends.</param>
/// <param name="AnchorSource">Where that anchor comes from.</param>
public sealed record ExplainedDecision(
    TrustMode Mode,
    string With,
    bool Configured,
    bool? Accepted,
    ServerRule Rule,
    ServerRefusal Refusal,
    string Words,
    ExplainedCertificate? Anchor,
    AnchorSource? AnchorSource
);
