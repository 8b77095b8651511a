using System.Collections.Concurrent;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>One link of three is cut: two nodes no longer hear each other, and the third hears both.</summary>
[Collection(nameof(SharedCluster))]
public sealed class CutLinkTests
{
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Link_OfTheMasterCut_OneLeaderPerTermAndNoSecondAlert() => Namespaces.WithClusterAsync(3, CutAndWatchAsync, Cancel);

    private static async Task CutAndWatchAsync(Namespaces network, TestCluster cluster)
    {
        await using Target target = await Target.StartAsync(network.Here);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(network.Here);
        string web = Make.Name("web");
        string hook = await TestCluster.AddAsync(cluster.Nodes[0], Make.Webhook(Make.Name("hook"), receiver.Url), Cancel);
        await TestCluster.AddAsync(cluster.Nodes[0], Make.HttpCheck(web, target.Url, hook), Cancel);
        await StateAsync(cluster.Nodes[0], web, "up");
        TestNode leader = await cluster.LeaderAsync(Cancel);
        int a = cluster.Nodes.ToList().IndexOf(leader);
        int b = (a + 1) % 3;

        await network.CutAsync(a, b, Cancel);
        target.Break();
        ConcurrentBag<(long Term, string Leader)> seen = [];
        int accepted = await WatchAsync(cluster, seen);
        target.Heal();
        TestNode middle = cluster.Nodes[3 - a - b];
        await StateAsync(middle, web, "up");
        await network.HealAsync(a, b, Cancel);
        await cluster.SettleAsync(Cancel);
        await Until.SeenAsync("the outbox is empty", middle.StatusAsync, static s => s.Outbox == 0, TimeSpan.FromSeconds(20), Cancel);

        Assert.NotEmpty(seen);
        Assert.All(seen.GroupBy(static s => s.Term), static term => Assert.Single(term.Select(static s => s.Leader).Distinct()));
        Assert.True(accepted > 0, "the node that hears both could not change anything");
        Assert.Single(receiver.Of(web, "DOWN").Select(static r => r.Id).Distinct());
        Assert.Single(receiver.Of(web, "RECOVERED").Select(static r => r.Id).Distinct());
        await cluster.AgreeAsync(Cancel);
    }

    /// <summary>Asks every node who leads while changes are made at each; the number of those that were accepted.</summary>
    private static async Task<int> WatchAsync(TestCluster cluster, ConcurrentBag<(long Term, string Leader)> seen)
    {
        long begin = TimeProvider.System.GetTimestamp();
        int accepted = 0;
        bool Over() => TimeProvider.System.GetElapsedTime(begin) > Watched;
        await Task.WhenAll(cluster.Nodes.SelectMany(node => (Task[])
        [
            Task.Run(async () =>
            {
                while (!Over())
                {
                    await QuietlyAsync(async () =>
                    {
                        StatusReply status = await node.StatusAsync(Cancel);
                        if (status.Role == "leader")
                            seen.Add((status.Term, status.NodeId));
                    });
                    await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
                }
            }),
            Task.Run(async () =>
            {
                while (!Over())
                {
                    await QuietlyAsync(async () =>
                    {
                        ChangeReply reply = await TestCluster.ChangeAsync(node, Make.IdleCheck(Make.Name("cut")), Cancel);
                        if (reply.Outcome?.Status == OutcomeStatus.Done)
                            Interlocked.Increment(ref accepted);
                    });
                    await Task.Delay(TimeSpan.FromMilliseconds(250), Cancel);
                }
            }),
        ]));
        return accepted;
    }

    private static async Task QuietlyAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (RpcException)
        {
            // A node that cannot answer now is no leader that anybody follows.
        }
    }

    private static Task<CheckRow?> StateAsync(TestNode node, string check, string state) => Until.SeenAsync(
        $"{node} shows {check} {state}",
        async c => (await node.StatusAsync(c)).Checks.FirstOrDefault(r => r.Name == check),
        row => row?.State == state,
        TimeSpan.FromSeconds(30),
        Cancel);
}
