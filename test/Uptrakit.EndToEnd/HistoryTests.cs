using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>The past of three real nodes, asked of one of them.</summary>
public sealed class HistoryTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task History_AskedOfOneNode_HasTheResultsOfAll_AndShowsASilentOneAsSilent()
    {
        await using Target target = await Target.StartAsync();
        string check = Make.Name("web");
        await TestCluster.ChangeAsync(Leader, Make.HttpCheck(check, target.Url), Cancel);
        await Until.SeenAsync(
            "three members tell their results", async c => await NodesAsync(Leader, check, c), static nodes => nodes.Length == 3 && nodes.All(HasProbes), Patience, Cancel);

        (await Leader.RunAsync(Cancel, "uptime", check, "--since", "1d")).Expect(0);
        Ran shown = (await Followers[1].RunAsync(Cancel, "check", "show", check, "--json")).Expect(0);
        Assert.Equal(["up", "up", "up"], shown.Json().GetProperty("votes").EnumerateArray().Select(static vote => vote.GetProperty("state").GetString()));

        TestNode silent = Followers[0];
        silent.Pause();
        try
        {
            JsonElement[] nodes = await NodesAsync(Leader, check, Cancel);
            JsonElement one = nodes.Single(node => node.GetProperty("node_id").GetString() == silent.NodeId.ToString());
            Assert.NotEqual(JsonValueKind.Null, one.GetProperty("fault").ValueKind);
            Assert.Equal(JsonValueKind.Null, one.GetProperty("results").ValueKind);
            Assert.Equal(2, nodes.Count(HasProbes));
        }
        finally
        {
            silent.Continue();
        }
    }

    private static bool HasProbes(JsonElement node) =>
        node.GetProperty("results") is { ValueKind: JsonValueKind.Object } results && results.GetProperty("probes").GetInt64() > 0;

    private static async Task<JsonElement[]> NodesAsync(TestNode at, string check, CancellationToken cancel) =>
        [.. (await at.RunAsync(cancel, "history", check, "--since", "1h", "--json")).Expect(0).Json().GetProperty("nodes").EnumerateArray()];
}
