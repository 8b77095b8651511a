using Uptrakit.Tests.Shared.Cluster;

// Real processes on few cores. Three tests run beside each other, because they wait for processes and for deadlines more than for anything
// else; those of the cluster that count seconds of silence, or that put it under load, run alone.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 3)]

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

/// <summary>Three nodes of their own for tests that do not mind what runs beside them.</summary>
[CollectionDefinition(nameof(CalmCluster))]
public sealed class CalmCluster : ICollectionFixture<SharedCluster>;

/// <summary>Three more, for tests of who is a member and what a member may do.</summary>
[CollectionDefinition(nameof(MemberCluster))]
public sealed class MemberCluster : ICollectionFixture<SharedCluster>;
