using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>Counts the votes for whoever asks how they stand.</summary>
internal static class StandingCount
{
    /// <summary>Checks whose votes are told one by one in one answer.</summary>
    internal const int MaxVotesOf = 512;

    public static StandingReply Answer(StandingRequest request, ClusterState state, VoteTable votes)
    {
        string[] members = [.. state.Joined.Select(static p => p.NodeId)];
        HashSet<string> whose = [.. request.VotesOf.Take(MaxVotesOf)];
        StandingReply reply = new() { Version = state.Version };
        if (request.Exceptions)
            reply.Members = members.Length;
        foreach (Check check in state.Checks.Values.Where(static c => c.Enabled))
        {
            Tally tally = votes.Count(check, members, state.StatusOf(check.Id).State);
            bool isAsked = whose.Contains(check.Id);
            if (request.Exceptions && !isAsked && IsUpWithAll(tally, members.Length))
                continue;
            CheckStanding standing = new() { CheckId = check.Id, Ok = tally.Ok, Total = tally.Total, Detail = tally.Detail };
            if (isAsked)
                standing.Votes.AddRange(votes.VotesOn(check).Select(static vote => vote.ToMessage()));
            reply.Checks.Add(standing);
        }

        return reply;
    }

    private static bool IsUpWithAll(Tally tally, int members) => tally.Ok == members && tally.Total == members && tally.Detail.Length == 0;
}
