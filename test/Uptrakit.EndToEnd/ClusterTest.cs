using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>A test on the shared three nodes. When it fails, the end of each daemon's log is shown with it.</summary>
[Collection(nameof(SharedCluster))]
public abstract class ClusterTest(SharedCluster shared) : IAsyncLifetime
{
    private protected TestCluster Cluster { get; private set; } = null!;

    private protected TestNode Leader { get; private set; } = null!;

    /// <summary>Those that do not lead.</summary>
    private protected IReadOnlyList<TestNode> Followers { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Cluster = await shared.ReadyAsync(Cancel);
        Leader = await Cluster.LeaderAsync(Cancel);
        Followers = [.. Cluster.Nodes.Where(n => n != Leader)];
    }

    public virtual ValueTask DisposeAsync()
    {
        Failure.Show(Cluster);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>What is told of a test that failed.</summary>
internal static class Failure
{
    public static void Show(TestCluster? cluster)
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && cluster is not null)
            TestContext.Current.TestOutputHelper?.WriteLine(cluster.Logs());
    }
}
