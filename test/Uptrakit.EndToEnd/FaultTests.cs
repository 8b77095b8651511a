using System.Globalization;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Nodes die under load, and what was acknowledged stays. FAULTS_ROUNDS says how often; two rounds by default.</summary>
[Trait("Category", "Faults")]
public sealed class FaultTests : IAsyncLifetime
{
    private TestCluster cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FAULTS_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 2;

    public async ValueTask InitializeAsync() => cluster = await TestCluster.FoundAsync(3, Cancel);

    public async ValueTask DisposeAsync()
    {
        Failure.Show(cluster);
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Leader_KilledUnderLoad_LosesNothingThatWasAcknowledged()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using Load load = Load.Start(cluster);
            await load.MoreAsync(50, Cancel);
            TestNode victim = await cluster.LeaderAsync(Cancel);
            await victim.Kill9Async(Cancel);
            await load.MoreAsync(50, Cancel);
            await cluster.SettleAsync(Cancel);
            await load.MoreAsync(50, Cancel);
            await load.StopAsync();
            await load.VerifyAsync(Cancel);
            await CleanAsync();
        }
    }

    [Fact]
    public async Task AllNodes_KilledUnderLoad_LoseNothingThatWasAcknowledged()
    {
        for (int round = 0; round < Rounds; round++)
        {
            await using Load load = Load.Start(cluster);
            await load.MoreAsync(100, Cancel);
            await Task.WhenAll(cluster.Nodes.Select(n => n.Kill9Async(Cancel)));
            foreach (TestNode node in cluster.Nodes)
                node.Launch();
            await load.MoreAsync(50, Cancel);
            await cluster.SettleAsync(Cancel);
            await load.StopAsync();
            await load.VerifyAsync(Cancel);
            await CleanAsync();
        }
    }

    [Fact]
    public async Task FiveVoters_TwoKilledUnderLoad_LoseNothingThatWasAcknowledged()
    {
        await cluster.GrowAsync(2, Cancel);
        for (int round = 0; round < Rounds; round++)
        {
            await using Load load = Load.Start(cluster, writersPerNode: 1);
            await load.MoreAsync(50, Cancel);
            TestNode leader = await cluster.LeaderAsync(Cancel);
            TestNode other = cluster.Nodes.First(n => n != leader);
            await leader.Kill9Async(Cancel);
            await other.Kill9Async(Cancel);
            await load.MoreAsync(50, Cancel);
            await cluster.SettleAsync(Cancel);
            await load.StopAsync();
            await load.VerifyAsync(Cancel);
            await CleanAsync();
        }
    }

    /// <summary>What a round added goes, so that the next one is as fast.</summary>
    private async Task CleanAsync()
    {
        ReadReply state = await TestCluster.ReadAsync(cluster.Nodes[0], Cancel);
        foreach (Check[] some in state.Checks.Chunk(16))
        {
            await Task.WhenAll(some.Select(async check =>
            {
                ChangeReply reply = await TestCluster.ChangeAsync(
                    cluster.Nodes[0], new Command { RemoveCheck = new RemoveById { Id = check.Id } }, Cancel);
                Assert.Equal(OutcomeStatus.Done, reply.Outcome?.Status);
            }));
        }
    }
}
