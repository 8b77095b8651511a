using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Tests.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.Verdicts;

/// <summary>A member that sees down what most see up does not count until that ends.</summary>
public sealed class ExclusionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestMachine machine = new();
    private readonly FakeTimeProvider clock = new();

    [Theory]
    [InlineData(4, 3, true)]
    [InlineData(4, 2, false)] // half is not most
    [InlineData(3, 3, false)] // three checks say nothing of a machine
    public void Eyes_BlindMember_IsToldFromMostChecks(int checks, int fails, bool blind)
    {
        Courtroom room = new(3, checks);
        for (int i = 0; i < checks; i++)
            Vote(room, i, i >= fails, true, true);

        Assert.Equal(blind, room.Votes.Compare()["node-0"].IsBlind);
        Assert.False(room.Votes.Compare()["node-1"].IsBlind);
    }

    /// <summary>The one that lies wants the other out; the third is silent. One voice of three is no majority.</summary>
    [Fact]
    public void Eyes_ContradictedByOneMachineAlone_AreNotBlind()
    {
        Courtroom room = new(3, checks: 10);
        for (int i = 0; i < 10; i++)
            Vote(room, i, false, true, null);

        Assert.False(room.Votes.Compare()["node-0"].IsBlind);
    }

    [Fact]
    public void Eyes_RealOutageOfEverything_AreNobodysFault()
    {
        Courtroom room = new(3, checks: 10);
        for (int i = 0; i < 10; i++)
            Vote(room, i, false, false, false);

        Assert.All(room.Votes.Compare().Values, static sight => Assert.False(sight.IsBlind));
    }

    [Fact]
    public void Exclusion_BeginsAfterTenSecondsAndEndsThirtySecondsAfterItsChecksRecover_EachToldOnce()
    {
        string[] nodes = Members(3);
        Alert watcher = Alert("ops");
        watcher.WatchesCluster = true;
        machine.Must(new Command { PutAlert = new PutAlert { Alert = watcher } });
        machine.AddCheck("web");
        Exclusions exclusions = new(clock);
        Eyesight blind = new(10, 10, 10);
        Eyesight doubtful = new(10, 10, 4);
        Eyesight well = new(10, 10, 2);

        Assert.Equal(0, Do(exclusions, nodes[1], blind, 9));
        Assert.Equal(1, Do(exclusions, nodes[1], blind, 5));
        Assert.True(machine.State.IsExcluded(nodes[1]));
        Assert.Equal(0, Do(exclusions, nodes[1], doubtful, 120));
        Assert.Equal(0, Do(exclusions, nodes[1], well, 29));
        Assert.Equal(1, Do(exclusions, nodes[1], well, 5));

        Assert.False(machine.State.IsExcluded(nodes[1]));
        Assert.Equal([MessageKind.MemberExcluded, MessageKind.MemberIncluded], machine.State.Outbox.Values.Select(static o => o.Kind));
        Assert.True(machine.State.Outbox.Values.Last().LastedMs > 0);
    }

    /// <summary>One that sees well for half a minute and badly for ten seconds would otherwise be noted twice a minute, for ever.</summary>
    [Fact]
    public void Exclusion_SoonAfterTheLastOne_EndsAfterTenMinutes()
    {
        string[] nodes = Members(3);
        machine.AddCheck("web");
        Exclusions exclusions = new(clock);
        Eyesight blind = new(10, 10, 10), well = new(10, 10, 0);
        Assert.Equal(1, Do(exclusions, nodes[1], blind, 12));
        Assert.Equal(1, Do(exclusions, nodes[1], well, 32));

        Assert.Equal(1, Do(exclusions, nodes[1], blind, 12));
        Assert.Equal(0, Do(exclusions, nodes[1], well, 598));
        Assert.Equal(1, Do(exclusions, nodes[1], well, 5));

        machine.NowMs += 3_700_000;
        Assert.Equal(1, Do(exclusions, nodes[1], blind, 12));
        Assert.Equal(1, Do(exclusions, nodes[1], well, 32));
    }

    [Fact]
    public void Exclusion_ThatDoesNotLast_DoesNotBegin()
    {
        string[] nodes = Members(3);
        machine.AddCheck("web");
        Exclusions exclusions = new(clock);

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(0, Do(exclusions, nodes[1], new Eyesight(10, 10, 10), 8));
            Assert.Equal(0, Do(exclusions, nodes[1], new Eyesight(10, 10, 0), 1));
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Apply_WhoeverLeads_NeverExcludesSoManyThatTheOthersAreNoMajority(int members, int most)
    {
        string[] nodes = Members(members);

        foreach (string node in nodes)
            machine.Run(new Command { NoteMember = new NoteMember { NodeId = node, Kind = MessageKind.MemberExcluded } });

        Assert.Equal(most, nodes.Count(machine.State.IsExcluded));
    }

    [Fact]
    public void Apply_WhileOthersAreLost_NeverExcludesWhoIsNeeded()
    {
        string[] nodes = Members(5);
        machine.Must(new Command { NoteMember = new NoteMember { NodeId = nodes[3], Kind = MessageKind.MemberLost } });
        machine.Must(new Command { NoteMember = new NoteMember { NodeId = nodes[4], Kind = MessageKind.MemberLost } });

        machine.MustRefuse(new Command { NoteMember = new NoteMember { NodeId = nodes[1], Kind = MessageKind.MemberExcluded } }, RefusalReason.NotAllowed);
    }

    [Fact]
    public void Apply_ExcludedMemberRemoved_LeavesNothingBehind()
    {
        string[] nodes = Members(3);
        machine.Must(new Command { NoteMember = new NoteMember { NodeId = nodes[2], Kind = MessageKind.MemberExcluded } });

        machine.Must(new Command { RemovePeer = new RemoveById { Id = nodes[2] } });

        Assert.Empty(machine.State.Members);
    }

    [Fact]
    public void Count_OneOfThreeExcluded_TheOthersNeedAMajorityOfThree()
    {
        Courtroom room = Room(false, true, true);
        Assert.Equal((2, 0, 3), Numbers(room.Count()));
        Assert.Equal(CheckState.Up, room.Count().State);

        Vote(room, 0, false, false, true);
        Assert.Equal((1, 1, 3), Numbers(room.Count()));
        Assert.NotEqual(CheckState.Down, room.Count().State);

        Vote(room, 0, false, false, false);
        Assert.Equal((0, 2, 3), Numbers(room.Count()));
        Assert.Equal(CheckState.Down, room.Count().State);
    }

    [Fact]
    public void Count_TwoOfThreeSilentAndTheThirdAlone_DecidesNothing()
    {
        Courtroom room = Room(false, true, null);

        Assert.Equal(CheckState.Unknown, room.Count().State);
    }

    [Fact]
    public void Votes_OfTheExcluded_AreShownAsSuch()
    {
        Courtroom room = Room(false, true, true);

        Assert.Equal([true, false, false], room.Votes.VotesOn(room.Check).Select(static vote => vote.ToMessage().Excluded));
    }

    [Fact]
    public void Judge_BlindMember_CausesNoRoundsAndNoDegraded()
    {
        Courtroom room = Room(false, true, true);
        room.Commit(CheckState.Up);
        room.See(false, true, true);

        room.RunProbing(120);

        Assert.Empty(room.Confirms);
        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_RealOutageWhileOneIsExcluded_IsDownByTheTwoOthersWithinTwoSeconds()
    {
        Courtroom room = Room(true, true, true);
        room.Commit(CheckState.Up);
        room.See(true, false, false);
        room.ProbeAll();

        room.Run(2 * Second);

        Transition flip = Assert.Single(room.Flips);
        Assert.Equal((CheckState.Down, 0, 3), (flip.To, flip.Ok, flip.Total));
    }

    [Fact]
    public void Judge_BlindMemberAndAFlakyOne_AreNoOutage()
    {
        Courtroom room = Room(false, false, true);
        room.Commit(CheckState.Up);
        room.See(false, false, true);

        room.RunProbing(300);

        Assert.DoesNotContain(room.Flips, static flip => flip.To == CheckState.Down);
    }

    /// <summary>Two saw it down, and then one of them is excluded: the outage is as real as before.</summary>
    [Fact]
    public void Judge_ExclusionOfAWitness_DoesNotEndAnOutage()
    {
        Courtroom room = new(3);
        room.Commit(CheckState.Up);
        room.See(false, false, true);
        room.RunProbing(10);
        Assert.Equal(CheckState.Down, room.State);

        room.Exclude(0);
        room.RunProbing(300);
        Assert.Equal(CheckState.Down, room.State);

        room.See(false, true, true);
        room.RunProbing(20);
        Assert.Equal(CheckState.Up, room.State);
    }

    private int Do(Exclusions exclusions, string node, Eyesight sight, int seconds)
    {
        int done = 0;
        for (int i = 0; i < seconds; i++)
        {
            foreach (Command command in exclusions.Of(machine.State, new Dictionary<string, Eyesight> { [node] = sight }))
            {
                machine.Must(command);
                done++;
            }

            clock.Advance(Second);
            machine.NowMs += 1000;
        }

        return done;
    }

    private string[] Members(int count)
    {
        for (int i = 1; i < count; i++)
        {
            machine.Join(i);
            machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = NodeOf(i) } });
        }

        return [.. machine.State.Joined.Select(static peer => peer.NodeId)];
    }

    private static (int Ok, int NotOk, int Total) Numbers(in Tally tally) => (tally.Ok, tally.NotOk, tally.Total);

    private static Courtroom Room(params bool?[] votes)
    {
        Courtroom room = new(votes.Length);
        room.Exclude(0);
        Vote(room, 0, votes);
        return room;
    }

    private static void Vote(Courtroom room, int check, params bool?[] votes)
    {
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < votes.Length; i++)
        {
            if (votes[i] is { } ok)
                room.Vote(i, ok, check: room.Checks[check]);
        }
    }
}
