using System.Collections.Immutable;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;

namespace Uptrakit.Tests.Verdicts;

/// <summary>What the leader tells of its count, and what the one who asked makes of what was left out.</summary>
public sealed class StandingCountTests
{
    private readonly Courtroom room = new(3, checks: 4);
    private readonly ClusterState state;

    public StandingCountTests()
    {
        state = new ClusterState
        {
            Version = 9,
            Checks = Named<Check>.Of(room.Checks, static check => (check.Id, check.Name)),
            Peers = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, room.Members.Select(
                static member => KeyValuePair.Create(member, new Peer { NodeId = member, Joined = true }))),
        };
        All(room.Checks[0], ok: true);
        Vote(room.Checks[1], 0, ok: true);
        Vote(room.Checks[1], 1, ok: false);
        All(room.Checks[2], ok: true, warn: "expires in 3 days");
        Vote(room.Checks[3], 0, ok: true);
    }

    [Fact]
    public void WhatIsUpWithAll_IsLeftOut_AndComesOutTheSame()
    {
        StandingReply whole = Ask(new StandingRequest());
        StandingReply exceptions = Ask(new StandingRequest { Exceptions = true });

        Assert.Equal(4, whole.Checks.Count);
        Assert.Equal(room.Checks[1..].Select(static c => c.Id).Order(), exceptions.Checks.Select(static c => c.CheckId).Order());
        (PresentCounts before, PresentCounts after) = (new(whole), new(exceptions));
        Assert.All(room.Checks, check => Assert.Equal(Told(before.Of(check)), Told(after.Of(check))));
        Assert.Equal((3, 3, ""), Told(after.Of(room.Checks[0])));
    }

    [Fact]
    public void Votes_ThatAreAskedFor_AreToldOfWhatIsWellToo()
    {
        StandingReply reply = Ask(new StandingRequest { Exceptions = true, VotesOf = { room.Checks[0].Id } });

        Assert.Equal(3, reply.Checks.Single(c => c.CheckId == room.Checks[0].Id).Votes.Count);
    }

    [Fact]
    public void WhatTheLeaderHasNotSeen_IsNotKnown()
    {
        PresentCounts counts = new(Ask(new StandingRequest { Exceptions = true }));
        Check later = Courtroom.MakeCheck("c-later");
        later.ChangedIn = state.Version + 1;
        Check off = Courtroom.MakeCheck("c-off");
        off.Enabled = false;

        Assert.Null(counts.Of(later));
        Assert.Null(counts.Of(off));
        Assert.Null(new PresentCounts(null).Of(room.Checks[0]));
    }

    [Fact]
    public void ALeaderThatListsEverything_IsTakenAtItsWord()
    {
        // One of an older version: it does not know of exceptions, and what it does not list it does not know.
        PresentCounts counts = new(new StandingReply { Checks = { new CheckStanding { CheckId = room.Checks[0].Id, Ok = 2, Total = 3 } } });

        Assert.Equal((2, 3, ""), Told(counts.Of(room.Checks[0])));
        Assert.Null(counts.Of(room.Checks[1]));
    }

    private StandingReply Ask(StandingRequest request) => StandingCount.Answer(request, state, room.Votes);

    private static (int, int, string)? Told(CheckStanding? standing) => standing is null ? null : (standing.Ok, standing.Total, standing.Detail);

    private void All(Check check, bool ok, string warn = "")
    {
        for (int i = 0; i < room.Members.Count; i++)
            Vote(check, i, ok, warn);
    }

    private void Vote(Check check, int member, bool ok, string warn = "") =>
        room.Votes.Record(room.Members[member], new ProbeVote(
            check.Id, ok, ok ? warn : "refused", 0, check.ChangedIn, TimeSpan.FromMilliseconds(3), TimeSpan.Zero, warn.Length > 0));
}
