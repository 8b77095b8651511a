using CsCheck;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.State;

/// <summary>What must hold for every history: the nodes of a cluster share nothing but the log.</summary>
public sealed class StateMachineProperties
{
    [Fact]
    public void Apply_SameCommandsOnTwoMachines_GivesTheSameStateAndAnswers() => StateScript.Steps.Sample(
        static steps =>
        {
            List<Command> log = StateScript.Write(steps);
            (ClusterState one, List<Outcome> answersOfOne) = Replay(ClusterState.Empty, log, 0);
            (ClusterState two, List<Outcome> answersOfTwo) = Replay(ClusterState.Empty, log, 0);
            Assert.Equal(answersOfOne, answersOfTwo);
            Assert.Equal(one.ToSnapshot().ToByteArray(), two.ToSnapshot().ToByteArray());
        },
        iter: 300);

    [Fact]
    public void Apply_AfterASnapshotWasRestored_GoesOnAsTheStraightRun() => Gen.Select(StateScript.Steps, Gen.Int[0, 80]).Sample(
        static (steps, cut) =>
        {
            List<Command> log = StateScript.Write(steps);
            cut = Math.Min(cut, log.Count);
            (ClusterState straight, List<Outcome> answers) = Replay(ClusterState.Empty, log, 0);

            ClusterState half = Replay(ClusterState.Empty, log[..cut], 0).State;
            ClusterState restored = ClusterState.FromSnapshot(StateSnapshot.Parser.ParseFrom(half.ToSnapshot().ToByteArray()));
            (ClusterState continued, List<Outcome> answersAfter) = Replay(restored, log[cut..], cut);

            Assert.Equal(answers[cut..], answersAfter);
            Assert.Equal(straight.ToSnapshot().ToByteArray(), continued.ToSnapshot().ToByteArray());
        },
        iter: 300);

    [Fact]
    public void Apply_EveryCommandTwice_AnswersTheFirstOutcomeAndChangesNothing() => StateScript.Steps.Sample(
        static steps =>
        {
            ClusterState state = ClusterState.Empty;
            long index = 0;
            foreach (Command command in StateScript.Write(steps))
            {
                (state, Outcome first) = CommandApplier.Apply(state, ++index, command);
                (ClusterState again, Outcome second) = CommandApplier.Apply(state, ++index, command);
                Assert.Same(state, again);
                Assert.Equal(first, second);
            }
        },
        iter: 200);

    [Fact]
    public void Apply_WhateverIsRefused_ChangesNothingButTheMemoryOfIt() => StateScript.Steps.Sample(
        static steps =>
        {
            ClusterState state = ClusterState.Empty;
            long index = 0;
            foreach (Command command in StateScript.Write(steps))
            {
                (ClusterState next, Outcome outcome) = CommandApplier.Apply(state, ++index, command);
                if (outcome.Status == OutcomeStatus.Refused)
                    Assert.Equal(WithoutMemory(state), WithoutMemory(next));
                state = next;
            }
        },
        iter: 200);

    [Fact]
    public void Apply_AnyHistory_KeepsWhatMustAlwaysHold() => StateScript.Steps.Sample(
        static steps =>
        {
            ClusterState state = Replay(ClusterState.Empty, StateScript.Write(steps), 0).State;
            Assert.Distinct(state.Checks.Values.Select(static c => c.Name));
            Assert.Distinct(state.Alerts.Values.Select(static a => a.Name));
            Assert.Distinct(state.Peers.Values.SelectMany(static p => p.Keys).Select(static k => k.SpkiSha256));
            Assert.All(state.Peers.Values, static p => Assert.InRange(p.Keys.Count, 1, 2));
            Assert.Contains(state.Peers.Values, static p => p.Role == Role.Voter);
            Assert.DoesNotContain(state.Peers.Keys, state.RemovedNodeIds.Contains);
            Assert.DoesNotContain(state.Enrollments.Values, e => state.Consumed.ContainsKey(e.Id));
        },
        iter: 300);

    private static (ClusterState State, List<Outcome> Answers) Replay(ClusterState state, List<Command> log, long index)
    {
        List<Outcome> answers = [];
        foreach (Command command in log)
        {
            (state, Outcome outcome) = CommandApplier.Apply(state, ++index, command);
            answers.Add(outcome.Clone());
        }

        return (state, answers);
    }

    private static byte[] WithoutMemory(ClusterState state)
    {
        StateSnapshot snapshot = state.ToSnapshot();
        snapshot.Recent.Clear();
        return snapshot.ToByteArray();
    }
}
