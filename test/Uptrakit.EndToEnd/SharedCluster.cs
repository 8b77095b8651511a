using Uptrakit.EndToEnd;
using Uptrakit.Tests.Shared.Cluster;

// Real processes on few cores: tests that run beside each other would measure each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(SharedCluster))]

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
