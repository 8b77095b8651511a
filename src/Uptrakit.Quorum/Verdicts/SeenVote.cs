using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>One member's vote as people are shown it.</summary>
/// <param name="Excluded">It does not count now.</param>
internal sealed record SeenVote(string Member, CastVote Vote, TimeSpan Now, bool Excluded)
{
    public MemberVote ToMessage() => new()
    {
        NodeId = Member,
        Ok = Vote.Ok,
        Warn = Vote.Warn,
        LatencyUs = (long)(Vote.Ended - Vote.Started).TotalMicroseconds,
        AgeMs = (long)(Now - Vote.Ended).TotalMilliseconds,
        Detail = Vote.Detail,
        Excluded = Excluded,
    };

    /// <summary>For the messages that a change causes.</summary>
    public NodeReport ToReport() => new()
    {
        NodeId = Member,
        Ok = Vote.Ok,
        Detail = Vote.Detail,
        LatencyMs = (long)(Vote.Ended - Vote.Started).TotalMilliseconds,
    };
}
