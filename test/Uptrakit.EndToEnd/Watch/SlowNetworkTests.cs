using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A node and its target with a cable between them that is slow, loses packets, and is cut.</summary>
public sealed class SlowNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cable_ThatIsSlowLossyOrCut_IsSeenByPingsAndByHttp()
    {
        Nginx.SkipWhereMissing();
        (Namespaces? network, string reason) = await Namespaces.MakeAsync(2, Cancel);
        Assert.SkipWhen(network is null, reason);
        await using Namespaces _ = network!;
        using Wire wire = await network!.WireAsync(0, 1, Cancel);
        await using Nginx nginx = new();
        await nginx.StartAsync($"server {{ listen {network.Address(1)}:80; location / {{ return 200; }} }}", 0, Cancel, network.Name(1));
        await using TestCluster cluster = await TestCluster.FoundOnAsync(c => [c.NewNode(network.Address(0), network.Name(0))], Cancel);
        TestNode node = cluster.Nodes[0];
        try
        {
            string host = network.Address(1);
            await AddAsync(node, "icmp", "ping", host);
            await AddAsync(node, "icmp", "ping-slow", host, "--slow", "150ms");
            await AddAsync(node, "icmp", "ping-too-slow", host, "--too-slow", "150ms");
            await AddAsync(node, "icmp", "ping-loss-60", host, "--count", "4", "--loss", "60");
            await AddAsync(node, "icmp", "ping-loss-40", host, "--count", "4", "--loss", "40");
            await AddAsync(node, "http", "http", $"http://{host}/");
            await AddAsync(node, "http", "http-slow", $"http://{host}/", "--slow", "150ms");
            await AddAsync(node, "http", "http-too-slow", $"http://{host}/", "--too-slow", "150ms");
            await SeenAsync(node, All("up"));

            // 200 ms there and back.
            wire.Delay = TimeSpan.FromMilliseconds(100);
            await SeenAsync(node, All("up") with { PingSlow = "warn", PingTooSlow = "down", HttpSlow = "warn", HttpTooSlow = "down" });

            wire.Delay = TimeSpan.Zero;
            wire.LosesEveryOtherPing = true;
            await SeenAsync(node, All("up") with { Loss40 = "down" });

            wire.IsCut = true;
            await SeenAsync(node, All("down"));

            (wire.IsCut, wire.LosesEveryOtherPing) = (false, false);
            await SeenAsync(node, All("up"));
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    private static States All(string state) => new(state, state, state, state, state, state, state, state);

    private static async Task AddAsync(TestNode node, string type, string name, string target, params string[] options) =>
        (await Operator.RunAsync(node, Cancel, ["check", "add", type, name, target, "--interval", "1s", .. options])).Expect(0);

    private static Task<States> SeenAsync(TestNode node, States wanted) => Until.SeenAsync(
        $"the node sees {wanted}", async cancel => States.Of(await node.StatusAsync(cancel)), seen => seen == wanted, Patience, Cancel);

    private sealed record States(string Ping, string PingSlow, string PingTooSlow, string Loss60, string Loss40, string Http, string HttpSlow, string HttpTooSlow)
    {
        public static States Of(StatusReply status)
        {
            Dictionary<string, string> rows = status.Checks.ToDictionary(static row => row.Name, static row => row.State);
            return new(rows["ping"], rows["ping-slow"], rows["ping-too-slow"], rows["ping-loss-60"], rows["ping-loss-40"], rows["http"], rows["http-slow"], rows["http-too-slow"]);
        }
    }
}
