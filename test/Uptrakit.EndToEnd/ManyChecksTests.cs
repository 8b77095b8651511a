using System.Text;
using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Ten thousand checks, brought in by one hand edit.</summary>
[Collection(nameof(SharedCluster))]
public sealed class ManyChecksTests : IAsyncLifetime
{
    private const int Count = 10_000;
    private TestCluster cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cluster = await TestCluster.FoundAsync(3, Cancel);

    public async ValueTask DisposeAsync()
    {
        Failure.Show(cluster);
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task TenThousandChecks_StatusAnswersAndAFollowerThatWasAwayCatchesUp()
    {
        TestNode leader = await cluster.LeaderAsync(Cancel);
        TestNode[] followers = [.. cluster.Nodes.Where(n => n != leader)];
        TestNode away = followers[1];
        Assert.Equal(0, await away.StopAsync(Cancel));

        await AddAllAsync(followers[0]);
        foreach (TestNode node in (TestNode[])[leader, followers[0]])
            await HasAllAsync(node);
        await away.StartAsync(Cancel);
        await HasAllAsync(away);

        (await away.RunAsync(Cancel, "status")).Expect(0);
        Assert.Equal(Count, (await leader.RunAsync(Cancel, "status", "--json")).Expect(0).Json().GetProperty("checks").GetArrayLength());
        Assert.Equal(0, await leader.StopAsync(Cancel));
        await leader.StartAsync(Cancel);
        await cluster.SettleAsync(Cancel);
        await HasAllAsync(leader);
        (await leader.RunAsync(Cancel, "check", "add", "tcp", "one-more", "127.0.0.1:9")).Expect(0);
        Assert.DoesNotContain(cluster.Nodes.SelectMany(static n => n.Log), static line => line.Contains("has failed", StringComparison.Ordinal));
    }

    private static async Task AddAllAsync(TestNode at)
    {
        await Until.TrueAsync("cluster.yaml is written", () => File.Exists(at.ClusterFile), TimeSpan.FromSeconds(10), Cancel);
        StringBuilder checks = new("\nchecks:\n");
        for (int i = 0; i < Count; i++)
            checks.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - name: many-{i}\n    type: tcp\n    enabled: false\n    target: 127.0.0.1:9\n");
        string text = await File.ReadAllTextAsync(at.ClusterFile, Cancel);
        Assert.Contains("\nchecks: []\n", text, StringComparison.Ordinal);
        string temporary = at.ClusterFile + ".editing";
        await File.WriteAllTextAsync(temporary, text.Replace("\nchecks: []\n", checks.ToString(), StringComparison.Ordinal), Cancel);
        File.Move(temporary, at.ClusterFile, overwrite: true);
    }

    private static Task<StatusReply> HasAllAsync(TestNode node) => Until.SeenAsync(
        $"{node} has all checks", node.StatusAsync, static s => s.Checks.Count >= Count, TimeSpan.FromSeconds(60), Cancel);
}
