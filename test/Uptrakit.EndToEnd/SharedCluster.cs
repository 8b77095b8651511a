using Uptrakit.Tests.Shared.Cluster;

// Real processes on few cores. Two tests of the fleet run beside each other, because they wait for processes more than for anything else;
// those of the cluster count seconds of silence, and run alone.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]

namespace Uptrakit.EndToEnd;

/// <summary>Three nodes that most tests share, founded by the first test that asks.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private const int Size = 3;
    private TestCluster? cluster;

    /// <summary>The cluster with all nodes running; another one when a test left it in a state that does not heal.</summary>
    internal async Task<TestCluster> ReadyAsync(CancellationToken cancel)
    {
        if (cluster is not null)
        {
            try
            {
                Assert.Equal(Size, cluster.Nodes.Count);
                await cluster.SettleAsync(cancel);
                await cluster.EmptyAsync(cancel);
                return cluster;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                await cluster.DisposeAsync();
                cluster = null;
            }
        }

        return cluster = await TestCluster.FoundAsync(Size, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
    }
}

[CollectionDefinition(nameof(SharedCluster), DisableParallelization = true)]
public sealed class SharedClusterTests : ICollectionFixture<SharedCluster>;
