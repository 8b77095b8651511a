using System.Collections.Immutable;
using System.Diagnostics;
using CsCheck;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.Verdicts;

public sealed class JudgeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Calm_EndsWithAVoteThatSaysSomethingElse_AndNotWithOneThatRepeats()
    {
        Courtroom room = new(3);
        room.Commit(CheckState.Up);
        for (int i = 0; i < 3; i++)
            room.Vote(i, ok: true);
        room.Judge.Evaluate(id => new CheckStatus { CheckId = id, State = CheckState.Up, Settled = CheckState.Up });
        Assert.True(room.Judge.IsCalm(out Task stirred));

        room.Clock.Advance(TimeSpan.FromSeconds(20));
        room.Vote(0, ok: true);
        Assert.False(stirred.IsCompleted);
        room.Vote(1, ok: false);
        Assert.True(stirred.IsCompleted);
        Assert.False(room.Judge.IsCalm(out _));

        // The others are asked: until they have answered there is something to wait for.
        room.Judge.Evaluate(id => new CheckStatus { CheckId = id, State = CheckState.Up, Settled = CheckState.Up });
        Assert.False(room.Judge.IsCalm(out Task next));
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public void Judge_AllFail_FlipsWithinTwoSecondsOfTheFirstFailureAfterTwoRounds()
    {
        Courtroom room = Up(3, false, false, false);
        room.Vote(0, ok: false);

        room.Run(2 * Second);

        Transition flip = Assert.Single(room.Flips);
        Assert.Equal((CheckState.Up, CheckState.Down, 0, 3), (flip.From, flip.To, flip.Ok, flip.Total));
        Assert.Equal("3 of 3 fail: refused", flip.Detail);
        Assert.Equal(2, room.Confirms.Count);
        Assert.NotEqual(room.Confirms[0].Round, room.Confirms[1].Round);
    }

    [Fact]
    public void Judge_TwoOfThreeFail_FlipsToDown()
    {
        Courtroom room = Up(3, false, true, false);
        room.ProbeAll();

        room.Run(2 * Second);

        Assert.Equal(CheckState.Down, Assert.Single(room.Flips).To);
    }

    [Fact]
    public void Judge_OneOfThreeFails_AsksOnceAndIsDegraded()
    {
        Courtroom room = Up(3, false, true, true);

        room.RunProbing(120);

        Assert.Equal(CheckState.Degraded, Assert.Single(room.Flips).To);
        Assert.Single(room.Confirms);
    }

    [Fact]
    public void Judge_OneOfThreeAloneReports_DecidesNothing()
    {
        Courtroom room = Up(3, false, null, null);
        room.Vote(0, ok: false);

        room.Run(60 * Second);

        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_OneBadRound_DoesNotFlip()
    {
        Courtroom room = Up(3, false, false, false);
        room.ProbeAll();
        room.Run(TimeSpan.FromMilliseconds(300));
        Assert.Single(room.Confirms);
        room.See(true, true, true);

        room.Run(10 * Second);

        Assert.Equal(2, room.Confirms.Count);
        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_LateAnswersToTheFirstRound_DoNotCountForTheSecond()
    {
        Courtroom room = Up(3, null, null, null);
        room.Vote(0, ok: false);
        long first = Assert.Single(room.Evaluate().OfType<Confirm>()).Round;
        room.Vote(0, ok: false, round: first);
        room.Vote(1, ok: false, round: first);
        room.Run(Second);
        Assert.Equal(2, room.Confirms.Count);

        for (int i = 0; i < 3; i++)
            room.Vote(i, ok: false, round: first);
        room.Run(Second);
        Assert.Empty(room.Flips);

        for (int i = 0; i < 2; i++)
            room.Vote(i, ok: false, round: room.Confirms[1].Round);
        room.Run(Second);
        Assert.Single(room.Flips);
    }

    [Fact]
    public void Judge_OneMemberStuffsBothRounds_DoesNotFlip()
    {
        Courtroom room = Up(3, null, null, null);
        room.Vote(0, ok: false);

        for (int i = 0; i < 200; i++)
        {
            room.Evaluate();
            foreach (Confirm confirm in room.Confirms)
                room.Vote(0, ok: false, round: confirm.Round);
            room.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_SlowTargetNeedsItsWholeTimeout_IsConfirmedStill()
    {
        Courtroom room = Up(3, null, null, null);
        room.Vote(0, ok: false);
        for (int round = 0; round < 2; round++)
        {
            room.Run(10 * Second);
            for (int i = 0; i < 3; i++)
                room.Vote(i, ok: false, round: room.Confirms[round].Round);
            room.Run(Second);
        }

        Assert.Single(room.Flips);
    }

    [Fact]
    public void Judge_BrokenUplinkOfOneMember_DoesNotAskAgainWhileItsVoteStays()
    {
        Courtroom room = Up(3, false, true, true, checks: 1);
        room.RunProbing(300);
        Assert.Single(room.Confirms);

        room.See(true, true, true);
        room.RunProbing(20);
        room.See(false, true, true);
        room.RunProbing(20);

        Assert.Equal(2, room.Confirms.Count);
        Assert.DoesNotContain(room.Flips, flip => flip.To is CheckState.Down or CheckState.Unknown);
    }

    [Fact]
    public void Judge_FlickeringVotes_AskAtMostEveryFiveSeconds()
    {
        Courtroom room = Up(3, true, true, true);

        for (int i = 0; i < 200; i++)
        {
            room.See(i % 2 == 0, true, true);
            room.Vote(0, ok: i % 2 == 0);
            room.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(room.Confirms.Count, 1, 4);
        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_TwoMembersSplit_StaysUpAndRecoversDegraded()
    {
        Courtroom room = Up(2, false, true);
        room.RunProbing(60);
        Assert.Equal(CheckState.Degraded, Assert.Single(room.Flips).To);

        room.See(false, false);
        room.RunProbing(10);
        Assert.Equal(CheckState.Down, room.State);

        room.See(false, true);
        room.RunProbing(10);
        Assert.Equal(CheckState.Up, room.State);
        Assert.Equal("down from 1 of 2: refused", room.Flips[^1].Detail);
    }

    [Fact]
    public void Judge_SplitOfFourOfFive_WaitsForTheFifthBeforeItIsUp()
    {
        Courtroom room = new(5);
        room.Commit(CheckState.Down);
        room.See(true, true, false, false, null);
        room.ProbeAll();
        room.Run(Second);
        Assert.Single(room.Confirms);
        Assert.Empty(room.Flips);

        room.Vote(4, ok: false, round: room.Confirms[0].Round);
        room.Run(5 * Second);

        Assert.Empty(room.Flips);
        Assert.Equal(CheckState.Down, room.State);
    }

    [Fact]
    public void Judge_FiveMembersThreeFail_FlipsAndComesBack()
    {
        Courtroom room = Up(5, false, true, false, true, false);
        room.RunProbing(10);
        Assert.Equal(CheckState.Down, room.State);

        room.See(false, true, true, true, false);
        room.RunProbing(10);

        Assert.Equal([CheckState.Down, CheckState.Up], room.Flips.Select(flip => flip.To));
        Assert.Equal(3, room.Flips[1].Ok);
    }

    [Fact]
    public void Judge_FiveMembersTwoDeadAndOneOfThreeFails_IsUnknownNotDown()
    {
        Courtroom room = Up(5, false, true, true, null, null);

        room.RunProbing(200);

        Assert.Equal(CheckState.Unknown, Assert.Single(room.Flips).To);
    }

    [Fact]
    public void Judge_ReportsStop_GoesUnknownAfterTheWindow()
    {
        Courtroom room = Up(3, true, true, true);
        room.RunProbing(100);
        room.See(null, null, null);

        room.Run(75 * Second);
        Assert.Empty(room.Flips);
        room.Run(10 * Second);

        Transition flip = Assert.Single(room.Flips);
        Assert.Equal((CheckState.Up, CheckState.Unknown, "0 of 3 report"), (flip.From, flip.To, flip.Detail));
    }

    [Fact]
    public void Judge_NewLeaderHasHeardNobody_KeepsTheCommittedStateForAWindow()
    {
        Courtroom room = Up(3, null, null, null);
        room.Clock.Advance(1000 * Second);
        room.Judge.Reset();

        room.Run(89 * Second);
        Assert.Empty(room.Flips);
        room.Run(3 * Second);

        Assert.Equal(CheckState.Unknown, Assert.Single(room.Flips).To);
    }

    [Fact]
    public void Judge_NewLeaderDuringAnOutage_DoesNotFlipAgainAndSeesTheRecovery()
    {
        Courtroom room = Up(3, false, false, false);
        room.RunProbing(10);
        room.Judge.Reset();
        room.RunProbing(60);
        Assert.Single(room.Flips);

        room.See(true, true, true);
        room.RunProbing(10);

        Assert.Equal([CheckState.Down, CheckState.Up], room.Flips.Select(flip => flip.To));
    }

    [Fact]
    public void Reset_FormerLeaderWithOldVotes_ForgetsThem()
    {
        Courtroom room = Up(3, false, false, false);
        room.ProbeAll();

        room.Judge.Reset();

        Assert.Equal(0, room.Count().NotOk);
        Assert.Empty(room.Evaluate());
    }

    [Fact]
    public void Judge_NewMemberHasNotVotedYet_IsNotSilence()
    {
        Courtroom room = Up(1, true);
        room.RunProbing(100);
        room.Members.Add("node-1");
        room.Judge.Update(room.Checks, room.Members);

        room.RunProbing(80);
        Assert.Empty(room.Flips);
        room.RunProbing(20);

        Assert.Equal(CheckState.Unknown, Assert.Single(room.Flips).To);
    }

    [Fact]
    public void Judge_CheckChanged_WaitsAWindowBeforeUnknown()
    {
        Courtroom room = Up(3, true, true, true);
        room.RunProbing(200);
        room.See(null, null, null);
        room.Checks[0] = room.Check.Clone();
        room.Check.ChangedIn = 9;
        room.Judge.Update(room.Checks, room.Members);

        room.Run(85 * Second);

        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_FirstUpOfANewCheck_TakesOneRound()
    {
        Courtroom room = new(3);
        room.See(true, true, true);
        room.Vote(0, ok: true);

        room.Run(TimeSpan.FromMilliseconds(300));

        Assert.Equal(CheckState.Up, Assert.Single(room.Flips).To);
        Assert.Single(room.Confirms);
    }

    [Fact]
    public void Judge_UpAfterAnOutageThatBecameUnknown_TakesTwoRounds()
    {
        Courtroom room = new(3);
        room.Commit(CheckState.Unknown, settled: CheckState.Down);
        room.See(true, true, true);
        room.Vote(0, ok: true);

        room.Run(2 * Second);

        Assert.Equal(CheckState.Up, Assert.Single(room.Flips).To);
        Assert.Equal(2, room.Confirms.Count);
    }

    [Fact]
    public void Judge_DisabledCheck_IsNotJudged()
    {
        Courtroom room = Up(3, false, false, false);
        room.Check.Enabled = false;
        room.Judge.Update(room.Checks, room.Members);

        room.RunProbing(200);

        Assert.Empty(room.Flips);
        Assert.Empty(room.Confirms);
    }

    [Fact]
    public void Judge_DisabledWhileInDoubt_EndsTheConfirmation()
    {
        Courtroom room = Up(3, false, false, false);
        room.ProbeAll();
        room.Run(TimeSpan.FromMilliseconds(300));
        room.Check.Enabled = false;
        room.Judge.Update(room.Checks, room.Members);

        room.Run(10 * Second);

        Assert.Single(room.Confirms);
        Assert.Empty(room.Flips);
    }

    [Fact]
    public void Judge_FlipNotCommitted_IsHandedOutAgainAfterTenSecondsAndAConfirmation()
    {
        Courtroom room = Up(3, false, false, false);
        room.Commits = false;
        room.ProbeAll();
        room.Run(9 * Second);
        Assert.Single(room.Flips);
        Assert.Equal(2, room.Confirms.Count);

        room.Run(6 * Second);

        Assert.Equal(2, room.Flips.Count);
        Assert.Equal(4, room.Confirms.Count);
    }

    [Fact]
    public void Judge_ManyChecksFailAtOnce_ShareTheirRounds()
    {
        Courtroom room = new(1, checks: 5000);
        foreach (Check check in room.Checks)
            room.Votes.Record("node-0", new ProbeVote(check.Id, false, "x", 0, 5, TimeSpan.Zero, TimeSpan.Zero));

        Confirm confirm = Assert.Single(room.Evaluate().OfType<Confirm>());

        Assert.Equal(4096, confirm.CheckIds.Count);
    }

    /// <summary>Ten thousand checks that are well cost nothing but their reports; what ends that is in all the other tests.</summary>
    [Fact]
    public void Judge_WhileNothingChanges_LooksAtNoStatus()
    {
        Courtroom room = new(3, checks: 100);
        ImmutableDictionary<string, CheckStatus> up = room.Checks.ToImmutableDictionary(
            static check => check.Id, static check => new CheckStatus { CheckId = check.Id, State = CheckState.Up, Settled = CheckState.Up });
        int looks = 0;

        VoteAll(room);
        Evaluate(up);
        Assert.Equal(100, looks);
        for (int second = 0; second < 300; second++)
        {
            if (second % 10 == 0)
                VoteAll(room);
            Evaluate(up);
            room.Clock.Advance(Second);
        }

        // Each time the first vote that was counted is too old: of ninety seconds.
        Assert.InRange(looks, 200, 500);
        looks = 0;
        room.Vote(1, false);
        Evaluate(up);
        Assert.InRange(looks, 1, 2);
        Evaluate(up.SetItem(room.Check.Id, new CheckStatus { CheckId = room.Check.Id, State = CheckState.Up }));
        room.Clock.Advance(Second);
        Evaluate(up);
        Assert.InRange(looks, 100, 210);

        void Evaluate(ImmutableDictionary<string, CheckStatus> statuses) => room.Judge.Evaluate(
            id =>
            {
                looks++;
                return statuses.GetValueOrDefault(id);
            },
            statuses);
    }

    [Fact]
    public void Judge_TenThousandChecksOfSevenMembers_TakesReportsWithoutAllocating()
    {
        Courtroom room = new(7, checks: 10_000);
        CheckStatus up = new() { State = CheckState.Up, Settled = CheckState.Up };
        VoteAll(room);
        room.Judge.Evaluate(_ => up);
        room.Clock.Advance(2 * Second);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();

        VoteAll(room);
        TimeSpan recorded = Stopwatch.GetElapsedTime(start);
        IReadOnlyList<JudgeAction> actions = room.Judge.Evaluate(_ => up);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"70,000 reports in {recorded.TotalMilliseconds:F1} ms, judged in {(Stopwatch.GetElapsedTime(start) - recorded).TotalMilliseconds:F1} ms");
        Assert.Empty(actions);
        // The list of changed checks grows anew; a report itself leaves nothing.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static void VoteAll(Courtroom room)
    {
        foreach (Check check in room.Checks)
        {
            foreach (string member in room.Members)
                room.Votes.Record(member, new ProbeVote(check.Id, true, "", 0, 5, TimeSpan.Zero, TimeSpan.Zero));
        }
    }

    [Fact]
    public void Judge_AnyCourseOfThings_EveryFlipIsConfirmedAndFitsTheStateBefore() =>
        Gen.Select(Gen.Int[1, 5], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[1, 400], Gen.Bool).Array[1, 40])
            .Sample((members, steps) =>
            {
                Courtroom room = new(members);
                int confirmed = 0;
                int flipped = 0;
                foreach ((int member, int sees, int ticks, bool regular) in steps)
                {
                    room.Sees[$"node-{member}"] = sees == 2 ? null : sees == 1;
                    for (int i = 0; i < ticks; i += 10)
                    {
                        if (regular)
                            room.ProbeAll();
                        CheckState before = room.State;
                        room.Run(Second);
                        foreach (Transition flip in room.Flips.Skip(flipped))
                        {
                            Assert.NotEqual(flip.From, flip.To);
                            Assert.Equal(before, flip.From);
                            before = flip.To;
                            // Unknown, and the remark that a minority sees it down, come and go by age.
                            bool byAge = flip.To == CheckState.Unknown
                                || (flip.From, flip.To) is (CheckState.Up, CheckState.Degraded) or (CheckState.Degraded, CheckState.Up);
                            Assert.True(byAge || room.Confirms.Count > confirmed);
                            confirmed = room.Confirms.Count;
                        }

                        flipped = room.Flips.Count;
                    }
                }
            }, iter: 60);

    [Fact]
    public void Child_WhoseFailureIsSeenFirst_WaitsUntilItsParentIsFoundDown()
    {
        (Courtroom room, Check child, Check parent) = Dependent(parentIsUp: false);
        room.Vote(0, ok: false);

        room.Run(5 * Second);

        Assert.Equal([parent.Id, child.Id], room.Flips.Select(static flip => flip.CheckId));
        Assert.All(room.Flips, static flip => Assert.Equal(CheckState.Down, flip.To));
    }

    [Fact]
    public void Child_WhileItsParentIsHandedOutAndNotCommitted_IsNotToldOf()
    {
        (Courtroom room, _, Check parent) = Dependent(parentIsUp: false);
        room.Commits = false;
        room.Vote(0, ok: false);

        room.Run(5 * Second);

        Assert.Equal(parent.Id, Assert.Single(room.Flips).CheckId);
    }

    [Fact]
    public void Child_WhoseParentIsUp_IsToldOf()
    {
        (Courtroom room, Check child, _) = Dependent(parentIsUp: true);
        room.Vote(0, ok: false);

        room.Run(5 * Second);

        Assert.Equal(child.Id, Assert.Single(room.Flips).CheckId);
    }

    [Fact]
    public void Child_WhoseParentAnswersToNobody_IsToldOfAfterThePatienceOfTheParent()
    {
        (Courtroom room, Check child, Check parent) = Dependent(parentIsUp: null);
        room.Vote(0, ok: false);

        room.Run(TimeSpan.FromMilliseconds(parent.TimeoutMs) + (10 * Second));

        Assert.Contains(room.Flips, flip => flip.CheckId == child.Id && flip.To == CheckState.Down);
    }

    private static (Courtroom Room, Check Child, Check Parent) Dependent(bool? parentIsUp)
    {
        Courtroom room = Up(3, false, false, false, checks: 2);
        (Check child, Check parent) = (room.Checks[0], room.Checks[1]);
        child.ParentIds.Add(parent.Id);
        room.Commit(CheckState.Up, check: parent);
        room.Others[parent.Id] = parentIsUp;
        room.Judge.Update(room.Checks, room.Members);
        return (room, child, parent);
    }

    private static Courtroom Up(int members, bool? a, bool? b = null, bool? c = null, bool? d = null, bool? e = null, int checks = 1)
    {
        Courtroom room = new(members, checks);
        room.Commit(CheckState.Up);
        room.See(a, b, c, d, e);
        return room;
    }
}
