using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>One probe that has ended.</summary>
/// <param name="Round">The confirmation round it answers, or 0.</param>
/// <param name="EndedTimestamp">On the monotonic clock of the <see cref="TimeProvider"/> of this node.</param>
internal sealed record ProbeResult(Check Check, ProbeOutcome Outcome, long Round, long EndedTimestamp);
