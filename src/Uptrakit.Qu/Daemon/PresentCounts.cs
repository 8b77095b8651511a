using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>How the votes stand now, as the leader told it.</summary>
/// <param name="reply">Null: nobody could be asked.</param>
internal sealed class PresentCounts(StandingReply? reply)
{
    private readonly Dictionary<string, CheckStanding> listed = reply?.Checks.ToDictionary(static c => c.CheckId, StringComparer.Ordinal) ?? [];
    private readonly CheckStanding? rest = reply is { Members: > 0 } ? new CheckStanding { Ok = reply.Members, Total = reply.Members } : null;

    /// <summary>Null when it is not known: the check is off, the leader has not seen this change of it, or there is no leader.</summary>
    /// <remarks>The leader lists what is not up with every member. One answer stands for all the others: it is not to be changed.</remarks>
    public CheckStanding? Of(Check check) =>
        listed.GetValueOrDefault(check.Id) ?? (check.Enabled && check.ChangedIn <= reply?.Version ? rest : null);
}
