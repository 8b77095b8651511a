using Uptrakit.Quorum.Transport;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>One member's vote as people are shown it.</summary>
internal sealed record SeenVote(string Member, CastVote Vote, TimeSpan Now)
{
    public MemberVote ToMessage() => new()
    {
        NodeId = Member,
        Ok = Vote.Ok,
        Warn = Vote.Warn,
        LatencyUs = (long)(Vote.Ended - Vote.Started).TotalMicroseconds,
        AgeMs = (long)(Now - Vote.Ended).TotalMilliseconds,
        Detail = Vote.Detail,
    };
}
