using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>The past of three real nodes, asked of one of them.</summary>
[Collection(nameof(CalmCluster))]
public sealed class HistoryTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

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
            string id = silent.NodeId.ToString();
            await Until.SeenAsync(
                "one member is silent and two tell their results", async c => await NodesAsync(Leader, check, c),
                nodes => nodes.Count(HasProbes) == 2 && nodes.Any(node => node.GetProperty("node_id").GetString() == id && IsSilent(node)), Patience, Cancel);
        }
        finally
        {
            silent.Continue();
        }
    }

    private static bool HasProbes(JsonElement node) =>
        node.GetProperty("results") is { ValueKind: JsonValueKind.Object } results && results.GetProperty("probes").GetInt64() > 0;

    private static bool IsSilent(JsonElement node) =>
        node.GetProperty("fault").ValueKind == JsonValueKind.String && node.GetProperty("results").ValueKind == JsonValueKind.Null;

    /// <summary>None, where the daemon did not answer in time: these machines are busy.</summary>
    private static async Task<JsonElement[]> NodesAsync(TestNode at, string check, CancellationToken cancel)
    {
        Ran ran = await at.RunAsync(cancel, "history", check, "--since", "1h", "--json");
        return ran.ExitCode == 4 ? [] : [.. ran.Expect(0).Json().GetProperty("nodes").EnumerateArray()];
    }
}
