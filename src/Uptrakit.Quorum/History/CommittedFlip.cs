using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>A check's committed change of state.</summary>
/// <param name="Index">Its place in the log: what is recorded up to there is not recorded again.</param>
/// <param name="CheckId">The check.</param>
/// <param name="To">Its state from then on; unknown also when it was switched off or removed.</param>
/// <param name="SinceMs">When, by the leader's clock.</param>
/// <param name="Detail">In words, for the operator.</param>
/// <param name="IsWatched">False: it was switched off or removed, and nobody will say how an outage of it ended.</param>
internal sealed record CommittedFlip(long Index, string CheckId, CheckState To, long SinceMs, string Detail, bool IsWatched);
