using System.Diagnostics;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A node in a network of its own, where a metadata address and a service on loopback are really there, and servers outside that lead to them.</summary>
public sealed class InwardTests
{
    private const string Metadata = "169.254.169.254";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redirects_ToMetadataAndLoopback_ReachNeitherFromChecksNorFromAlerts()
    {
        Nginx.SkipWhereMissing();
        (Namespaces? network, string reason) = await Namespaces.MakeAsync(1, Cancel);
        Assert.SkipWhen(network is null, reason);
        await using Namespaces _ = network!;
        (await Ran.OfAsync(new ProcessStartInfo("ip", ["-n", network!.Name(0), "addr", "add", $"{Metadata}/32", "dev", "lo"]), Cancel)).Expect(0);
        await using Nginx inside = new();
        await inside.StartAsync($$"""
            server { listen {{Metadata}}:80; location / { return 200 "credentials"; } }
            server { listen 127.0.0.1:8500; location / { return 200 "a service for this machine only"; } }
            """, 0, Cancel, network.Name(0));
        using RawReceiver outside = new(
            static (request, _) => RawReceiver.Answer("307 Temporary Redirect", request.Path == "/meta" ? $"Location: http://{Metadata}/latest/" : "Location: http://127.0.0.1:8500/v1/"),
            network.Here);
        await using TestCluster cluster = await TestCluster.FoundOnAsync(c => [c.NewNode(network.Address(0), network.Name(0))], Cancel);
        TestNode node = cluster.Nodes[0];
        try
        {
            foreach ((string name, string url, string[] more) in ((string, string, string[])[])
                [
                    ("meta", $"{outside.Url}meta", []), ("service", $"{outside.Url}service", []),
                    ("allowed", $"{outside.Url}service", ["--inner-redirects"]),
                ])
                (await Operator.RunAsync(node, Cancel, ["check", "add", "http", name, url, "--interval", "2s", .. more])).Expect(0);

            // The last one shows that the way is there.
            await StateAsync(node, "allowed", "up");
            await StateAsync(node, "meta", "down");
            await StateAsync(node, "service", "down");
            (await Operator.RunAsync(node, Cancel, "check", "remove", "allowed")).Expect(0);

            foreach ((string name, string url, string words) in ((string, string, string)[])
                [
                    ("hook-meta", $"{outside.Url}meta", "redirects are not followed"), ("hook-service", $"{outside.Url}service", "redirects are not followed"),
                    ("hook-straight", $"http://{Metadata}/", "link-local"),
                ])
            {
                (await Operator.RunAsync(node, Cancel, "alert", "add", "webhook", name, "--url", url)).Expect(0);
                Assert.Contains(words, (await Operator.RunAsync(node, Cancel, "alert", "test", name)).Expect(1).Errors, StringComparison.Ordinal);
            }

            Assert.NotEmpty(inside.Requests);
            Assert.All(inside.Requests, static line => Assert.Equal("200 GET /v1/ HTTP/1.1", line));
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    private static Task StateAsync(TestNode node, string check, string state) => Until.TrueAsync(
        $"{check} is {state}", async c => (await node.StatusAsync(c)).Checks.FirstOrDefault(row => row.Name == check)?.State == state, Patience, Cancel);
}
