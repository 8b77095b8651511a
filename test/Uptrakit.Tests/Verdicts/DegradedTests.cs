using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;

namespace Uptrakit.Tests.Verdicts;

/// <summary>Some see it down, too few for down.</summary>
public sealed class DegradedTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Minority_ThatLasts_IsDegradedAfterAnIntervalAndUpAgainAfterAnother()
    {
        Courtroom room = Up(3, false, true, true);
        room.RunProbing(20);
        Assert.Empty(room.Flips);

        room.RunProbing(20);
        Transition flip = Assert.Single(room.Flips);
        Assert.Equal((CheckState.Up, CheckState.Degraded, 2, 3, "down from 1 of 3: refused"), (flip.From, flip.To, flip.Ok, flip.Total, flip.Detail));

        room.See(true, true, true);
        room.RunProbing(50);
        Assert.Equal([CheckState.Degraded, CheckState.Up], room.Flips.Select(static each => each.To));
        Assert.Equal(CheckState.Degraded, room.Flips[1].From);
    }

    [Fact]
    public void Minority_ThatPasses_CostsNothing()
    {
        Courtroom room = Up(3, true, true, true);

        for (int i = 0; i < 20; i++)
        {
            room.See(i % 2 == 0, true, true);
            room.RunProbing(20);
        }

        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Degraded_ThatBecomesAMajority_IsDownWithinTwoSecondsAfterTwoRounds()
    {
        Courtroom room = Degraded(3, false, true, true);
        room.Confirms.Clear();
        room.See(false, false, true);
        room.Vote(1, ok: false);

        room.Run(2 * Second);

        Transition flip = Assert.Single(room.Flips);
        Assert.Equal((CheckState.Degraded, CheckState.Down), (flip.From, flip.To));
        Assert.Equal(2, room.Confirms.Count);
    }

    [Fact]
    public void Degraded_OneBadRound_DoesNotFlip()
    {
        Courtroom room = Degraded(3, false, true, true);
        room.Confirms.Clear();
        room.See(false, false, true);
        room.ProbeAll();
        room.Run(TimeSpan.FromMilliseconds(300));
        Assert.Single(room.Confirms);
        room.See(false, true, true);

        room.Run(5 * Second);

        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Degraded_WhileNothingChanges_AsksNobody()
    {
        Courtroom room = Degraded(3, false, true, true);
        room.RunProbing(10);
        room.Confirms.Clear();

        room.RunProbing(300);

        Assert.Empty(room.Confirms);
        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Degraded_NewLeaderHasNotHeardTheMinority_WaitsForIt()
    {
        Courtroom room = Degraded(3, null, true, true);
        room.Judge.Reset();

        room.RunProbing(80);
        Assert.Empty(room.Flips);
        room.RunProbing(60);

        Assert.Equal(CheckState.Up, Assert.Single(room.Flips).To);
    }

    [Fact]
    public void Down_WithAMinorityLeft_IsUpFirstAndDegradedLater()
    {
        Courtroom room = Up(3, false, false, false);
        room.RunProbing(10);
        room.See(false, true, true);

        room.RunProbing(60);

        Assert.Equal([CheckState.Down, CheckState.Up, CheckState.Degraded], room.Flips.Select(static each => each.To));
    }

    [Fact]
    public void Warning_OfMostMembers_IsNotHiddenByAMinority()
    {
        Tally tally = new(Tally.Decide(ok: 2, warn: 2, notOk: 1, total: 3), 2, 1, 3, "");

        Assert.Equal(CheckState.Warn, tally.Shown);
        Assert.True(tally.IsSplit);
    }

    [Fact]
    public void ThousandChecks_OneMemberFailsAll_AreCommittedAFewAtATime()
    {
        Courtroom room = new(3, checks: 1000);
        foreach (Check check in room.Checks)
        {
            room.Commit(CheckState.Up, check: check);
            for (int i = 0; i < 3; i++)
                room.Vote(i, ok: i > 0, check: check);
        }

        room.Evaluate();
        room.Clock.Advance(TimeSpan.FromSeconds(1));
        room.Evaluate(); // the first round is over when its deadline is; the votes stay as they are
        room.Clock.Advance(TimeSpan.FromSeconds(15));
        room.Evaluate();
        room.Clock.Advance(TimeSpan.FromSeconds(40));
        room.Evaluate();
        room.Clock.Advance(TimeSpan.FromSeconds(31));
        int before = room.Flips.Count;
        room.Evaluate();

        Assert.InRange(room.Flips.Count - before, 1, 64);
    }

    private static Courtroom Up(int members, params bool?[] sees)
    {
        Courtroom room = new(members);
        room.Commit(CheckState.Up);
        room.See(sees);
        return room;
    }

    private static Courtroom Degraded(int members, params bool?[] sees)
    {
        Courtroom room = Up(members, sees);
        room.Commit(CheckState.Degraded);
        room.ProbeAll();
        room.Run(6 * Second); // the first disagreement has been asked about
        room.Flips.Clear();
        return room;
    }
}
