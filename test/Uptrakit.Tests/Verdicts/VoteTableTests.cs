using CsCheck;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Verdicts;

public sealed class VoteTableTests
{
    [Theory]
    [InlineData(0, 0, 3, CheckState.Unknown)]
    [InlineData(0, 0, 0, CheckState.Unknown)]
    [InlineData(1, 0, 1, CheckState.Up)]
    [InlineData(0, 1, 1, CheckState.Down)]
    [InlineData(1, 0, 2, CheckState.Unknown)]
    [InlineData(1, 1, 2, CheckState.Up)]
    [InlineData(0, 2, 2, CheckState.Down)]
    [InlineData(0, 1, 3, CheckState.Unknown)]
    [InlineData(2, 1, 3, CheckState.Up)]
    [InlineData(1, 2, 3, CheckState.Down)]
    [InlineData(2, 1, 4, CheckState.Unknown)]
    [InlineData(2, 2, 4, CheckState.Up)]
    [InlineData(2, 2, 5, CheckState.Up)]
    [InlineData(2, 3, 5, CheckState.Down)]
    [InlineData(1, 1, 5, CheckState.Unknown)]
    [InlineData(3, 2, 5, CheckState.Up)]
    [InlineData(2, 1, 5, CheckState.Unknown)]
    internal void Decide_VotesOfSome_NeedAMajorityOfAll(int ok, int notOk, int total, CheckState expected) =>
        Assert.Equal(expected, Tally.Decide(ok, warn: 0, notOk, total));

    [Theory]
    [InlineData(2, 1, 1, CheckState.Down)] // one is enough
    [InlineData(1, 2, 3, CheckState.Up)] // all three are needed
    [InlineData(0, 3, 3, CheckState.Down)]
    [InlineData(0, 2, 9, CheckState.Unknown)] // of three: more than there are means all; the third has not told
    [InlineData(0, 3, 9, CheckState.Down)]
    internal void Decide_SoManyAsTheCheckSays(int ok, int notOk, int downWhen, CheckState expected) =>
        Assert.Equal(expected, Tally.Decide(ok, warn: 0, notOk, total: 3, downWhen));

    [Theory]
    [InlineData(3, 1, CheckState.Up)]
    [InlineData(3, 2, CheckState.Warn)]
    [InlineData(2, 2, CheckState.Warn)]
    internal void Decide_MostWhoSeeItUpWarn_IsWarn(int ok, int warn, CheckState expected) =>
        Assert.Equal(expected, Tally.Decide(ok, warn, notOk: 3 - ok, total: 3));

    /// <summary>A new check is probed at once, sooner than the leader looks at the state again.</summary>
    [Fact]
    public void Record_CheckThatIsAdmittedAheadOfTheUpdate_CountsAndStays()
    {
        Courtroom room = new(3);
        Check added = new() { Id = "c-new", Name = "new", Enabled = true, IntervalMs = 3_600_000, TimeoutMs = 1000, ChangedIn = 9 };
        ProbeVote vote = new(added.Id, Ok: false, "refused", 0, 9, TimeSpan.Zero, TimeSpan.Zero, Warn: false);
        Assert.False(room.Votes.Knows(added.Id));
        Assert.False(room.Votes.Record(room.Members[0], vote));

        room.Votes.Admit(added);
        Assert.True(room.Votes.Record(room.Members[0], vote));
        room.Votes.Update([added], room.Members);

        Assert.Equal(1, room.Votes.Count(added, room.Members).NotOk);
    }

    [Fact]
    public void Count_OneMemberVotesOften_CountsOnce()
    {
        Courtroom room = new(3);
        for (int i = 0; i < 50; i++)
            room.Vote(0, ok: false);

        Tally tally = room.Count();

        Assert.Equal((CheckState.Unknown, 0, 1, 3), (tally.State, tally.Ok, tally.NotOk, tally.Total));
    }

    [Fact]
    public void VotesOn_OneFailsAndOneIsSilent_SaysWhoSeesWhat()
    {
        Courtroom room = new(3);
        room.Vote(0, ok: true);
        room.Clock.Advance(TimeSpan.FromSeconds(80));
        room.Vote(2, ok: false, age: TimeSpan.FromSeconds(2), detail: "no route");

        MemberVote[] seen = [.. room.Votes.VotesOn(room.Check).Select(vote => vote.ToMessage())];

        Assert.Equal([("node-0", true, 80_000, ""), ("node-2", false, 2_000, "no route")], seen.Select(vote => (vote.NodeId, vote.Ok, vote.AgeMs, vote.Detail)));
        room.Clock.Advance(TimeSpan.FromSeconds(10)); // three intervals after the first
        Assert.Equal("node-2", Assert.Single(room.Votes.VotesOn(room.Check)).Member);
    }

    [Fact]
    public void Record_Stranger_IsNotKept()
    {
        Courtroom room = new(1);

        Assert.False(room.Vote(7, ok: false));
        Assert.Equal(0, room.Count().NotOk);
    }

    [Fact]
    public void Record_OlderConfiguration_IsIgnored()
    {
        Courtroom room = new(1);

        Assert.False(room.Vote(0, ok: false, changedIn: 4));
        Assert.True(room.Vote(0, ok: true, changedIn: 5));
    }

    [Fact]
    public void Update_CheckChanged_ForgetsVotesOnTheOldOne()
    {
        Courtroom room = new(1);
        room.Vote(0, ok: true);
        room.Checks[0] = room.Check.Clone();
        room.Check.ChangedIn = 6;

        room.Judge.Update(room.Checks, room.Members);

        Assert.Equal(CheckState.Unknown, room.Count().State);
        Assert.Equal(0, room.Count().Ok);
    }

    [Fact]
    public void Record_ConfigurationAheadOfOurs_CountsOnceWeHaveIt()
    {
        Courtroom room = new(1);
        room.Vote(0, ok: true, changedIn: 6);
        Assert.Equal(0, room.Count().Ok);
        room.Checks[0] = room.Check.Clone();
        room.Check.ChangedIn = 6;

        room.Judge.Update(room.Checks, room.Members);

        Assert.Equal(1, room.Count().Ok);
    }

    [Theory]
    [InlineData(-86_400)]
    [InlineData(0)]
    public void Record_ReporterWithAFastClock_DoesNotMakeItsVotePermanent(int ageSeconds)
    {
        Courtroom room = new(1);
        room.Vote(0, ok: true, age: TimeSpan.FromSeconds(ageSeconds));
        Assert.Equal(1, room.Count().Ok);

        room.Clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(0, room.Count().Ok);
    }

    [Fact]
    public void Record_AbsurdAge_IsExpiredAndSilencesNobody()
    {
        Courtroom room = new(1);
        room.Vote(0, ok: true, age: TimeSpan.MaxValue);
        Assert.Equal(0, room.Count().Ok);

        room.Vote(0, ok: true, age: TimeSpan.FromSeconds(1));

        Assert.Equal(1, room.Count().Ok);
    }

    [Fact]
    public void Count_ShortInterval_KeepsVotesForThirtySeconds()
    {
        Courtroom room = new(1);
        room.Check.IntervalMs = 1000;
        room.Judge.Update(room.Checks, room.Members);
        room.Vote(0, ok: true);
        room.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, room.Count().Ok);

        room.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, room.Count().Ok);
    }

    [Fact]
    public void Update_MemberLeaves_ItsVoteLeavesAndTheOthersStay()
    {
        Courtroom room = new(3);
        room.Vote(0, ok: true);
        room.Vote(1, ok: false);
        room.Vote(2, ok: true);
        room.Members.Remove("node-1");

        room.Judge.Update(room.Checks, room.Members);

        Tally tally = room.Count();
        Assert.Equal((2, 0, 2), (tally.Ok, tally.NotOk, tally.Total));
        room.Members.Add("node-1");
        room.Judge.Update(room.Checks, room.Members);
        Assert.Equal(0, room.Count().NotOk);
    }

    [Fact]
    public void Count_OtherMembersThanSeated_CountsThose()
    {
        Courtroom room = new(3);
        room.Vote(0, ok: true);
        room.Vote(1, ok: false);

        Tally tally = room.Votes.Count(room.Check, ["node-1", "node-9"]);

        Assert.Equal((0, 1, 2), (tally.Ok, tally.NotOk, tally.Total));
        Assert.Equal(3, room.Count().Total);
    }

    [Fact]
    public void Count_TwoReasons_NamesTheCommonOneAndHowManyFail()
    {
        Courtroom room = new(4);
        room.Vote(0, ok: false, detail: "timeout");
        room.Vote(1, ok: false, detail: "refused");
        room.Vote(2, ok: false, detail: "timeout");
        room.Vote(3, ok: true);

        Assert.Equal("3 of 4 fail: timeout", room.Count().Detail);
    }

    [Fact]
    public void Count_EvenSplit_SaysDegraded()
    {
        Courtroom room = new(2);
        room.Vote(0, ok: false, detail: new string('x', 1000));
        room.Vote(1, ok: true);

        Tally tally = room.Count();

        Assert.Equal(CheckState.Degraded, tally.Shown);
        Assert.Equal(CheckState.Up, tally.State);
        Assert.StartsWith("down from 1 of 2: xxx", tally.Detail, StringComparison.Ordinal);
        Assert.Equal(Tally.MaxDetail, tally.Detail.Length);
    }

    [Fact]
    public void Count_AnyOrderOfArrival_IsTheSame() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[0, 100], Gen.Int[0, 2], Gen.Char['a', 'c']).Array[0, 30]
            .SelectMany(votes => Gen.Shuffle(votes).Select(shuffled => (votes, shuffled)))
            .Sample((votes, shuffled) =>
            {
                Assert.Equal(CountOf(votes), CountOf(shuffled));
            }, iter: 500);

    private static Tally CountOf((int Member, bool Ok, int Age, int Round, char Detail)[] votes)
    {
        Courtroom room = new(5);
        foreach ((int member, bool ok, int age, int round, char detail) in votes)
            room.Vote(member, ok, TimeSpan.FromSeconds(age), round, detail.ToString());
        return room.Count();
    }
}
