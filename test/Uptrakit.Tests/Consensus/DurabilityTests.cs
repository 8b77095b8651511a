using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Consensus;

/// <summary>Guards 1 and 2 as a cluster shows them: on how many disks is what was acknowledged?</summary>
public sealed class DurabilityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcknowledgedChange_IsOnTheDisksOfAMajority()
    {
        // Slow heartbeats: the next one would make the followers write what they should have written before.
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3, TimeSpan.FromSeconds(2));
        for (int i = 0; i < 5; i++)
        {
            TestEngineNode leader = await cluster.LeaderAsync();
            long index = 0;
            string[] images = [];
            void TakeImages(AppliedState state, Command command, Outcome outcome)
            {
                index = state.Index;
                images = [.. cluster.Nodes.Select(cluster.CrashImageOf)];
            }

            // Before the proposer hears of it, on the thread that is to tell it.
            leader.Store.Applied += TakeImages;
            Assert.NotNull(await leader.CommitAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check($"check-{i}") } }));
            leader.Store.Applied -= TakeImages;

            int holders = 0;
            foreach (string image in images)
                holders += await LastIndexAsync(image) >= index ? 1 : 0;
            Assert.InRange(holders, 2, 3);
        }
    }

    [Fact]
    public async Task FiveVoters_OneFarBehindAndTwoAway_AcknowledgeNothingThatIsNotOnThree()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(5);
        TestEngineNode leader = await cluster.LeaderAsync();
        TestEngineNode[] others = [.. cluster.Nodes.Where(n => n != leader)];
        await others[0].StopAsync();
        // More than one message behind, so that it answers with a part while the others are away.
        await Parallel.ForEachAsync(Enumerable.Range(0, 1300), new ParallelOptions { MaxDegreeOfParallelism = 400, CancellationToken = Cancel },
            async (_, _) => await leader.CommitAsync(new Command { Delivered = new Delivered() }));
        leader = await cluster.LeaderAsync();
        others = [others[0], .. cluster.Nodes.Where(n => n != leader && n != others[0])];

        await others[1].StopAsync();
        await others[2].StopAsync();
        await others[0].StartAsync();
        Outcome done = await cluster.CommitAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check("web") } });
        Assert.Equal(OutcomeStatus.Done, done.Status);

        // Acknowledged with the leader, the one that was behind and one more: lose two of the three, and one must still have it.
        long index = cluster.Nodes.Where(static n => n.Runs).Max(static n => n.Engine.CommitIndex);
        int holders = 0;
        foreach (TestEngineNode node in cluster.Nodes)
            holders += await LastIndexAsync(cluster.CrashImageOf(node)) >= index ? 1 : 0;
        Assert.InRange(holders, 3, 5);
    }

    [Fact]
    public async Task Compaction_IsDoneOnEveryVoterAndSurvivesARestart()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        await cluster.AddCheckAsync("before");
        long checkpoint = await CheckpointAsync(cluster);
        await TestEngineCluster.UntilAsync(() => cluster.Nodes.All(n => n.Engine.DurableCheckpoint >= checkpoint));
        Assert.All(cluster.Nodes, static n => Assert.Equal(0, n.Engine.LogStart));
        await cluster.CommitAsync(new Command { Compact = new Compact { Index = checkpoint } });
        await TestEngineCluster.UntilAsync(() => cluster.Nodes.All(n => n.Engine.LogStart == checkpoint));

        await cluster.AddCheckAsync("after");
        await Task.WhenAll(cluster.Nodes.Select(static n => n.StopAsync()));
        foreach (TestEngineNode node in cluster.Nodes)
            await node.StartAsync();
        await cluster.HaveAsync("before", "after");
        Assert.All(cluster.Nodes, n => Assert.Equal(checkpoint, n.Engine.LogStart));
        await cluster.AddCheckAsync("later");
        await cluster.HaveAsync("later");
    }

    [Fact]
    public async Task Compaction_OnAVoterWithoutTheCheckpoint_KeepsItsLog()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        long checkpoint = await CheckpointAsync(cluster);
        await cluster.CommitAsync(new Command { Compact = new Compact { Index = checkpoint - 1 } });
        Assert.Equal(0, cluster[0].Engine.LogStart);
        await cluster[0].StopAsync();
        await cluster[0].StartAsync();
        await cluster.AddCheckAsync("web");
    }

    [Fact]
    public async Task VoterWhoseEntriesAreGone_IsSentNoSnapshotAndTheOthersGoOn()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        TestEngineNode leader = await cluster.LeaderAsync();
        TestEngineNode behind = cluster.Nodes.Last(n => n != leader);
        await behind.StopAsync();
        await cluster.AddCheckAsync("missed");
        // What the leader never does by itself while a voter is away.
        long checkpoint = await CheckpointAsync(cluster);
        await cluster.CommitAsync(new Command { Compact = new Compact { Index = checkpoint } });

        await behind.StartAsync();
        await TestEngineCluster.UntilAsync(() => cluster.Nodes.Where(n => n != behind)
            .Any(static n => n.Log.Lines.Any(static l => l.Text.Contains("a voter needs log entry", StringComparison.Ordinal))));
        await cluster.AddCheckAsync("later");

        Assert.False(behind.Store.State.Checks.TryFind("missed", out _));
        Assert.False(behind.Store.State.Checks.TryFind("later", out _));
        Assert.Equal(0, behind.Engine.LogStart);
    }

    [Fact]
    public async Task SeededJoiner_GoesOnFromTheSeed()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        await cluster.AddCheckAsync("before");
        long checkpoint = await CheckpointAsync(cluster);
        AppliedState seed = cluster[0].Store.Current with { Index = checkpoint };
        await cluster.CommitAsync(new Command { Compact = new Compact { Index = checkpoint } });
        await cluster.AddCheckAsync("after");

        TestEngineNode joiner = await cluster.AddNodeAsync();
        new SnapshotFolder(Path.Combine(joiner.EngineFolder, "snapshots")).WriteSeed(seed);
        await joiner.StartAsync();
        await cluster.MakeVoterAsync(joiner);
        await cluster.HaveAsync("before", "after");
        Assert.Equal(cluster[0].Store.State.ToSnapshot(), joiner.Store.State.ToSnapshot());
    }

    [Fact]
    public async Task Compaction_WhileVotersChange_Waits()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        TestEngineNode silent = await cluster.AddNodeAsync(); // its engine does not run: adding it takes until it is given up
        using CancellationTokenSource giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<bool> adding = cluster[0].Engine.AddVoterAsync(silent.Id, giveUp.Token);
        Assert.False(await cluster[0].Engine.WhileVotersStayAsync(() => throw new InvalidOperationException("compacted"), Cancel));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        bool done = false;
        Assert.True(await cluster[0].Engine.WhileVotersStayAsync(() => { done = true; return Task.CompletedTask; }, Cancel));
        Assert.True(done);
    }

    private static async Task<long> CheckpointAsync(TestEngineCluster cluster)
    {
        Outcome outcome = await cluster.CommitAsync(new Command { Checkpoint = new Checkpoint() });
        Assert.Equal(OutcomeStatus.Done, outcome.Status);
        return (await cluster.LeaderAsync()).Store.State.Checkpoint;
    }

    private static async Task<long> LastIndexAsync(string image)
    {
        LogStateMachine machine = new(new StateStore(), new SnapshotFolder(Path.Combine(image, "snapshots")), NullLogger.Instance);
        await using GuardedLog log = new(
            new WriteAheadLog.Options
            {
                Location = Path.Combine(image, "log"),
                ChunkSize = 1024 * 1024,
                HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
            },
            machine);
        return log.LastEntryIndex;
    }
}
