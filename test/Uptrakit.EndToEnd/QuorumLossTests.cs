using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>What watches is watched, too: a node that lost the others says so itself, and its heartbeat stops.</summary>
public sealed class QuorumLossTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quorum_LostAndBack_IsToldByTheNodeThatIsLeftAndNotByTheEvictedOne()
    {
        await using Target heartbeat = await Target.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using TestCluster cluster = await TestCluster.FoundOnAsync(c =>
        {
            TestNode[] nodes = [.. Enumerable.Range(0, 4).Select(_ => c.NewNode())];
            (nodes[2].Variables["QUPTIME_HEARTBEAT_URL"], nodes[2].Variables["QUPTIME_HEARTBEAT_INTERVAL"]) = (heartbeat.Url, "10s");
            return nodes;
        }, Cancel);
        try
        {
            await LoseAsync(cluster, receiver, heartbeat);
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    private static async Task LoseAsync(TestCluster cluster, WebhookReceiver receiver, Target heartbeat)
    {
        TestNode left = cluster.Nodes[2];
        TestNode[] others = [cluster.Nodes[0], cluster.Nodes[1]];
        TestNode evicted = cluster.Nodes[3];
        await TestCluster.AddAsync(left, Make.Watcher(Make.Name("hook"), receiver.Url), Cancel);
        await Until.TrueAsync("the heartbeat arrives", () => heartbeat.Asked > 0, TimeSpan.FromSeconds(30), Cancel);

        (await left.RunAsync(Cancel, "node", "remove", evicted.NodeId.ToString(), "-y")).Expect(0);
        cluster.Forget(evicted);
        await cluster.WaitForVotersAsync(3, Cancel);
        await Until.TrueAsync(
            "the evicted node says that it is", () => evicted.Log.Any(static line => line.Contains("refuse this node's key", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30), Cancel);

        foreach (TestNode node in others)
            await node.Kill9Async(Cancel);
        await Until.SeenAsync("it sees no quorum", left.StatusAsync, static s => !s.Quorum, TimeSpan.FromSeconds(30), Cancel);
        int asked = heartbeat.Asked;
        await Until.TrueAsync("the loss is told", () => receiver.All.Any(static r => r.Verb == "QUORUM LOST"), TimeSpan.FromSeconds(90), Cancel);
        Assert.InRange(heartbeat.Asked - asked, 0, 1); // one may have been on its way

        foreach (TestNode node in others)
            await node.StartAsync(Cancel);
        await Until.TrueAsync("the end is told", () => receiver.All.Any(static r => r.Verb == "QUORUM BACK"), TimeSpan.FromSeconds(60), Cancel);
        await Until.TrueAsync("the heartbeat is back", () => heartbeat.Asked > asked + 1, TimeSpan.FromSeconds(30), Cancel);

        Received[] told = [.. receiver.All.Where(static r => r.Verb.StartsWith("QUORUM", StringComparison.Ordinal))];
        Assert.Equal(["QUORUM LOST", "QUORUM BACK"], told.Select(static r => r.Verb));
        Assert.All(told, r => Assert.Contains(left.NodeId.ToString(), r.Id, StringComparison.Ordinal));
        await evicted.DisposeAsync();
    }
}
