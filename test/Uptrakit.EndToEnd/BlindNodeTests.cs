using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>One node of three no longer reaches what is watched, and the two others do.</summary>
public sealed class BlindNodeTests
{
    private const int Checks = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Node_CutFromEveryTarget_DoesNotCountUntilItSeesAgainAndARealOutageIsTold() => Namespaces.WithClusterAsync(3, BlindAsync, Cancel);

    private static async Task BlindAsync(Namespaces network, TestCluster cluster)
    {
        await using Target shared = await Target.StartAsync(network.Here);
        await using Target own = await Target.StartAsync(network.Here);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(network.Here);
        string hook = await TestCluster.AddAsync(cluster.Nodes[0], Make.Watcher(Make.Name("hook"), receiver.Url), Cancel);
        string real = Make.Name("real");
        await TestCluster.AddAsync(cluster.Nodes[0], Make.HttpCheck(real, own.Url, hook), Cancel);
        string[] names = [.. Enumerable.Range(1, Checks - 1).Select(static _ => Make.Name("web"))];
        foreach (string name in names)
            await TestCluster.AddAsync(cluster.Nodes[0], Make.HttpCheck(name, shared.Url, hook), Cancel);
        TestNode leader = await cluster.LeaderAsync(Cancel);
        await SeenAsync(leader, "all are up", static s => s.Checks.Count == Checks && s.Checks.All(static c => c.State == "up" && c.Ok == 3));
        int blind = cluster.Nodes.ToList().FindIndex(node => node != leader);
        string id = cluster.Nodes[blind].NodeId.ToString();

        await network.CutFromHereAsync(blind, Cancel);
        foreach (TestNode node in cluster.Nodes)
        {
            StatusReply shown = await SeenAsync(node, "the blind node is excluded", s => s.Peers.Any(p => p.NodeId == id && p.Excluded));
            Assert.Contains(shown.Warnings, warning => warning.Contains(id, StringComparison.Ordinal) && warning.Contains("do not count", StringComparison.Ordinal));
        }

        // Their two votes are of three still, and no check is degraded by the third.
        await SeenAsync(leader, "the others see all up", static s => s.Checks.All(static c => c is { State: "up", Ok: 2, Total: 3 }));
        StatusReply votes = await leader.Control.StatusAsync(
            new StatusRequest { VotesOf = { (await leader.StatusAsync(Cancel)).Checks.Select(static c => c.Id) } }, deadline: Deadlines.In(5), cancellationToken: Cancel);
        Assert.All(votes.Checks.SelectMany(static c => c.Votes), vote => Assert.Equal(vote.NodeId == id, vote.Excluded));

        own.Break();
        await Until.TrueAsync("the real outage is told", () => receiver.Of(real, "DOWN").Count > 0, TimeSpan.FromSeconds(60), Cancel);
        own.Heal();
        await Until.TrueAsync("its end is told", () => receiver.Of(real, "RECOVERED").Count > 0, TimeSpan.FromSeconds(60), Cancel);

        await network.HealFromHereAsync(blind, Cancel);
        await SeenAsync(leader, "it counts again", s => s.Peers.All(static p => !p.Excluded) && s.Checks.All(static c => c is { State: "up", Ok: 3 }), 90);
        await Until.TrueAsync("its end is told, too", () => receiver.All.Any(static r => r.Verb == "MEMBER INCLUDED"), TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(["MEMBER EXCLUDED", "DOWN", "RECOVERED", "MEMBER INCLUDED"], receiver.All.Select(static r => r.Verb));
    }

    private static Task<StatusReply> SeenAsync(TestNode node, string what, Func<StatusReply, bool> wanted, int seconds = 60) =>
        Until.SeenAsync($"{node}: {what}", node.StatusAsync, wanted, TimeSpan.FromSeconds(seconds), Cancel);
}
