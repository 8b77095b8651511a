using System.Collections.Concurrent;
using Google.Protobuf;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Consensus;

/// <summary>Changes that are proposed together share a log entry, and each still has its own answer.</summary>
public sealed class GroupCommitTests
{
    private readonly StateStore store = new();
    private readonly ConcurrentQueue<Command> entries = new();
    private long index;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_WaitingForADisk_GoIntoTheNextEntryTogether()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using GroupCommit commits = Started(async entry =>
        {
            if (entries.Count == 1)
                await first.Task;
            return true;
        });
        Task<Outcome?> founding = commits.AddAsync(Found(), Cancel);
        await UntilAsync(() => entries.Count == 1);
        Task<Outcome?>[] waiting = [.. Enumerable.Range(0, 10).Select(i => commits.AddAsync(Put($"check-{i}"), Cancel))];
        first.SetResult();

        Assert.Equal(OutcomeStatus.Done, (await founding)!.Status);
        Outcome?[] outcomes = await Task.WhenAll(waiting);
        Assert.All(outcomes, static o => Assert.Equal(OutcomeStatus.Done, o!.Status));
        Assert.Equal(10, outcomes.Select(static o => o!.Id).Distinct().Count());
        Assert.Equal(2, entries.Count);
        Assert.Equal(10, store.State.Checks.Count);
        Assert.Equal(11, store.State.Version);
    }

    [Fact]
    public async Task Command_RefusedInABatch_RefusesNobodyElse()
    {
        Apply(Found());
        Command twice = Put("web");
        Command batch = new() { Batch = new Batch { Commands = { twice, Put("web"), Put("other") } } };
        store.Apply(++index, 1, batch);
        Assert.Equal(2, store.State.Checks.Count);
        Assert.True(store.State.Recent.TryGet(batch.Batch.Commands[1].Id, out Outcome? refused));
        Assert.Equal(RefusalReason.NameTaken, refused.Reason);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Checkpoint_AmongOthers_HasAnEntryOfItsOwn()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using GroupCommit commits = Started(async entry =>
        {
            if (entries.Count == 1)
                await first.Task;
            return true;
        });
        List<Task<Outcome?>> all = [commits.AddAsync(Found(), Cancel)];
        await UntilAsync(() => entries.Count == 1);
        all.Add(commits.AddAsync(Put("a"), Cancel));
        all.Add(commits.AddAsync(Stamped(new Command { Checkpoint = new Checkpoint() }), Cancel));
        all.Add(commits.AddAsync(Put("b"), Cancel));
        first.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(
            [Command.ChangeOneofCase.Found, Command.ChangeOneofCase.PutCheck, Command.ChangeOneofCase.Checkpoint, Command.ChangeOneofCase.PutCheck],
            entries.Select(static e => e.ChangeCase));
        Assert.Equal(3, store.State.Checkpoint);
    }

    [Fact]
    public void Checkpoint_SmuggledIntoABatch_IsNotOne()
    {
        Apply(Found());
        store.Apply(++index, 1, new Command { Batch = new Batch { Commands = { Stamped(new Command { Checkpoint = new Checkpoint() }), Put("a") } } });
        Assert.Equal(0, store.State.Checkpoint);
        Assert.Single(store.State.Checks.Values);
    }

    [Fact]
    public async Task Entry_WhoseFateIsUnknown_AnswersNobody()
    {
        await using GroupCommit commits = Started(_ => Task.FromResult(false));
        Assert.Null(await commits.AddAsync(Found(), Cancel));
    }

    [Fact]
    public async Task Commands_LeftWhenTheNodeStops_AreAnswered()
    {
        TaskCompletionSource never = new();
        GroupCommit commits = Started(async _ =>
        {
            await never.Task;
            return true;
        });
        Task<Outcome?> stuck = commits.AddAsync(Found(), Cancel);
        await UntilAsync(() => entries.Count == 1);
        Task<Outcome?> queued = commits.AddAsync(Put("a"), Cancel);
        Task disposing = commits.DisposeAsync().AsTask();
        never.SetResult();
        await disposing;
        await Task.WhenAll(stuck, queued).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    private GroupCommit Started(Func<Command, Task<bool>> fate)
    {
        GroupCommit commits = new(
            async (entry, _) =>
            {
                entries.Enqueue(entry);
                if (!await fate(entry))
                    return false;
                store.Apply(Interlocked.Increment(ref index), 1, entry);
                return true;
            },
            store,
            TimeProvider.System);
        commits.Start();
        return commits;
    }

    private void Apply(Command command) => store.Apply(++index, 1, command);

    private static Command Found() =>
        Stamped(new Command { Found = new Found { ClusterId = "cluster", Peer = TestMachine.PeerOf(TestMachine.Founder, "founder") } });

    private static Command Put(string name) => Stamped(new Command { PutCheck = new PutCheck { Check = TestMachine.Check(name) } });

    private static Command Stamped(Command command)
    {
        (command.Id, command.Proposer, command.AtMs) = (Proposer.NewId(), TestMachine.Founder, TestMachine.Start);
        return command;
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!reached())
            await Task.Delay(5, deadline.Token);
    }
}
