using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Consensus;

/// <summary>The engine as the rest of the program knows it, over real TLS.</summary>
public sealed class EngineTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Founder_Alone_Commits()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        await cluster.AddCheckAsync("web");

        Assert.Equal([cluster.Founder], cluster[0].Engine.Voters);
        Assert.Equal(cluster.Founder, cluster[0].Engine.Leader);
        Assert.True(await cluster[0].Engine.ConfirmLeadershipAsync(Cancel));
        Assert.True(cluster[0].Store.State.Checks.TryFind("web", out _));
    }

    [Fact]
    public async Task Joiner_WithNothing_GetsTheWholeLogAndBecomesAVoter()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        await cluster.AddCheckAsync("before");
        TestEngineNode joiner = await cluster.JoinAsync();
        await cluster.AddCheckAsync("after");

        await cluster.HaveAsync("before", "after");
        Assert.Equal(cluster.Nodes.Select(static n => n.Id), joiner.Engine.Voters);
        Assert.Equal(cluster[0].Store.State.ToSnapshot(), joiner.Store.State.ToSnapshot());
    }

    [Fact]
    public async Task Joiner_FarBehind_BecomesAVoterAtTheFirstTry()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        // More than ten messages of the largest size, which is how many the engine sends on its own.
        await Parallel.ForEachAsync(Enumerable.Range(0, 6000), new ParallelOptions { MaxDegreeOfParallelism = 400, CancellationToken = Cancel },
            async (_, _) => Assert.NotNull(await cluster[0].CommitAsync(new Command { Delivered = new Delivered() })));
        TestEngineNode joiner = await cluster.AddNodeAsync();
        await joiner.StartAsync();
        Assert.True(await cluster[0].Engine.AddVoterAsync(joiner.Id, Cancel));
    }

    [Fact]
    public async Task ThreeVoters_LeaderGone_GoOnWithEverythingThatWasAcknowledged()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        await cluster.AddCheckAsync("one");
        TestEngineNode first = await cluster.LeaderAsync();
        await first.StopAsync();
        await cluster.AddCheckAsync("two");

        await cluster.HaveAsync("one", "two");
        Assert.NotEqual(first, await cluster.LeaderAsync());
        await first.StartAsync();
        await cluster.HaveAsync("one", "two");
    }

    [Fact]
    public async Task AllVoters_StoppedAndStarted_StillHaveEverything()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        string id = await cluster.AddCheckAsync("web");
        await Task.WhenAll(cluster.Nodes.Select(static n => n.StopAsync()));
        foreach (TestEngineNode node in cluster.Nodes)
            await node.StartAsync();

        await cluster.AddCheckAsync("mail");
        await cluster.HaveAsync("web", "mail");
        Assert.True((await cluster.LeaderAsync()).Store.State.Checks.TryGet(id, out _));
    }

    [Fact]
    public async Task Commit_OfAnIdThatWasCommittedBefore_GivesTheFirstAnswer()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(1);
        Command command = new() { Id = Quorum.Transport.Proposer.NewId(), PutCheck = new PutCheck { Check = TestMachine.Check("web") } };
        Outcome first = await cluster.CommitAsync(command);
        Outcome second = await cluster.CommitAsync(command);
        Assert.Equal((OutcomeStatus.Done, first), (first.Status, second));
    }

    [Fact]
    public async Task Commit_OnAFollower_IsNotTaken()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(2);
        TestEngineNode leader = await cluster.LeaderAsync();
        TestEngineNode follower = cluster.Nodes.Single(n => n != leader);
        Assert.Null(await follower.CommitAsync(new Command { Checkpoint = new Checkpoint() }));
        Assert.False(await follower.Engine.ConfirmLeadershipAsync(Cancel));
        await TestEngineCluster.UntilAsync(() => follower.Engine.Leader == leader.Id);
    }

    [Fact]
    public async Task Leader_CutOffFromTheOthers_DoesNotConfirmLeadershipAndTheOthersGoOn()
    {
        // Long time-outs: the leader that was cut off still believes in itself when it is asked (guard 4).
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3, TimeSpan.FromSeconds(1.5));
        await cluster.AddCheckAsync("before");
        TestEngineNode old = await cluster.LeaderAsync();
        Assert.True(await old.Engine.ConfirmLeadershipAsync(Cancel));

        cluster.Cut(old);
        Assert.False(await old.Engine.ConfirmLeadershipAsync(Cancel));

        TestEngineNode next = await cluster.LeaderAsync(old);
        Assert.NotNull(await next.CommitAsync(new Command { PutCheck = new PutCheck { Check = TestMachine.Check("after") } }));
        Assert.False(old.Store.State.Checks.TryFind("after", out _));
        cluster.Heal(old);
        await cluster.HaveAsync("before", "after");
    }

    [Fact]
    public async Task RemovedVoter_IsNoVoterAnyMore()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        TestEngineNode leader = await cluster.LeaderAsync();
        TestEngineNode gone = cluster.Nodes.Last(n => n != leader);
        Assert.True(await leader.Engine.RemoveVoterAsync(gone.Id, Cancel));
        Assert.DoesNotContain(gone.Id, leader.Engine.Voters);
        await gone.StopAsync();
        await cluster.AddCheckAsync("web");
    }

    [Fact]
    public async Task StandBy_OfTheLeader_GivesLeadershipAway()
    {
        await using TestEngineCluster cluster = await TestEngineCluster.OfAsync(3);
        TestEngineNode old = await cluster.LeaderAsync();
        Assert.True(await old.Engine.StandByAsync(TimeSpan.FromSeconds(20), Cancel));
        Assert.NotEqual(old, await cluster.LeaderAsync());
        await cluster.AddCheckAsync("web");
    }
}
