using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>What the leader has to do now.</summary>
internal abstract record JudgeAction;

/// <summary>Ask every member, this one too, to probe these checks at once and to answer with the round.</summary>
internal sealed record Confirm(long Round, IReadOnlyList<string> CheckIds) : JudgeAction;

/// <summary>Propose this transition.</summary>
internal sealed record Flip(Transition Transition) : JudgeAction;
