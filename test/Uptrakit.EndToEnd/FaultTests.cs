using System.Globalization;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Nodes die under load, and what was acknowledged stays. FAULTS_ROUNDS says how often; one by default.</summary>
[Trait("Category", "Faults")]
[Collection(nameof(SharedCluster))]
public sealed class FaultTests : IAsyncLifetime
{
    private TestCluster cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FAULTS_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 1;

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
            await cluster.EmptyAsync(Cancel); // so that the next round is as fast
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
            await cluster.EmptyAsync(Cancel); // so that the next round is as fast
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
            await cluster.EmptyAsync(Cancel); // so that the next round is as fast
        }
    }
}
