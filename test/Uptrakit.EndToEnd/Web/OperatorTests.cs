using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;
using static Microsoft.Playwright.Assertions;

namespace Uptrakit.EndToEnd.Web;

/// <summary>What an operator does with the pages of a real cluster, at nodes that lead and nodes that do not.</summary>
public sealed class OperatorTests(PageCluster pages, PageBrowser browser) : IClassFixture<PageCluster>, IClassFixture<PageBrowser>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestCluster Cluster => pages.Cluster;

    /// <summary>One check that is down for all.</summary>
    private async Task<string> DownAsync(string name)
    {
        string id = await TestCluster.AddAsync(Cluster.Nodes[0], new Command
        {
            PutCheck = new PutCheck { Check = new Check { Name = name, Type = CheckType.Tcp, Enabled = true, Target = $"127.0.0.1:{Ports.Free()}", IntervalMs = 1000, TimeoutMs = 500 } },
        }, Cancel);
        foreach (TestNode node in Cluster.Nodes)
            await Until.TrueAsync($"{name} is down at {node}", async c => (string?)(await CheckAsync(node, id, c)).GetProperty("state").GetString() == "down", Patience, Cancel);
        return id;
    }

    private async Task<JsonElement> CheckAsync(TestNode node, string id, CancellationToken cancel)
    {
        using HttpClient client = pages.ClientOf(node);
        return await client.GetFromJsonAsync<JsonElement>($"/api/v1/checks/{id}", cancel);
    }

    [Fact]
    public async Task Votes_AtEveryNode_NameEachMemberWithItsGradeAndLatency()
    {
        await using Target target = await Target.StartAsync();
        string id = await TestCluster.AddAsync(Cluster.Nodes[0], new Command
        {
            PutCheck = new PutCheck { Check = new Check { Name = "seen", Type = CheckType.Http, Enabled = true, Target = target.Url, IntervalMs = 5000, TimeoutMs = 5000 } },
        }, Cancel);
        string[] members = [.. Cluster.Nodes.Select(static node => node.NodeId.ToString()).Order(StringComparer.Ordinal)];
        foreach (TestNode node in Cluster.Nodes)
        {
            JsonElement check = await Until.SeenAsync($"all see it up, says {node}", c => CheckAsync(node, id, c),
                c => c.GetProperty("inside").GetProperty("nodes").EnumerateArray().Count(static n => n.GetProperty("state").GetString() == "up") == members.Length, Patience, Cancel);
            JsonElement[] nodes = [.. check.GetProperty("inside").GetProperty("nodes").EnumerateArray()];
            Assert.Equal(members, nodes.Select(static n => n.GetProperty("node_id").GetString()!).Order(StringComparer.Ordinal));
            Assert.All(nodes, static n => Assert.True(n.GetProperty("state").GetString() == "up" && n.GetProperty("latency_ms").GetDouble() > 0, n.ToString()));

            using HttpClient client = pages.ClientOf(node);
            string list = await client.GetStringAsync("/operator?q=seen", Cancel);
            string page = await client.GetStringAsync($"/operator/checks/{id}", Cancel);
            foreach (string member in members)
            {
                Assert.Matches($"<span class=u>up</span> {member[..8]} [0-9.]+ ms, ", list);
                Assert.Matches($"{member}<td class=u>up<td>[0-9.]+ ms<td>", page);
            }

            using HttpClient reader = pages.ClientOf(node, withToken: false);
            string told = await reader.GetStringAsync($"/api/v1/checks/{id}", Cancel);
            Assert.All(members, member => Assert.DoesNotContain(member, told, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Acknowledgement_InABrowserWithoutScript_IsWhatEveryNodeKnows()
    {
        browser.Begin();
        string id = await DownAsync("broken");
        TestNode follower = await Cluster.FollowerAsync(Cancel);
        IPage page = await browser.OpenAsync(pages.AddressOf(follower), script: false);
        await PageBrowser.SignInAsync(page, PageCluster.Token);

        await page.GetByRole(AriaRole.Link, new() { Name = "broken", Exact = true }).ClickAsync();
        await page.GetByLabel("Who", new() { Exact = true }).FillAsync("Ada");
        await page.GetByLabel("Until").SelectOptionAsync("8h");
        await page.GetByLabel("Note for the others").FillAsync("disk <ordered>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();

        await Expect(page.Locator(".known")).ToContainTextAsync("Acknowledged by Ada until");
        foreach (TestNode node in Cluster.Nodes)
        {
            await Until.TrueAsync($"{node} knows", async c =>
                (await CheckAsync(node, id, c)).GetProperty("inside").TryGetProperty("acknowledged", out JsonElement known) && known.GetProperty("note").GetString() == "disk <ordered>", Patience, Cancel);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" })).ToBeVisibleAsync();
        Assert.False((await CheckAsync(follower, id, Cancel)).GetProperty("inside").TryGetProperty("acknowledged", out _));

        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page.GetByText("Under maintenance")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End it now" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Switch on" })).ToBeVisibleAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Acknowledgement_OverTheApi_IsRefusedPlainlyWithoutAQuorum()
    {
        string id = await DownAsync("dead");
        TestNode follower = await Cluster.FollowerAsync(Cancel);
        using HttpClient client = pages.ClientOf(follower);
        using HttpResponseMessage done = await client.PostAsJsonAsync($"/api/v1/checks/{id}/acknowledge", new Dictionary<string, string> { ["by"] = "ada" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using HttpResponseMessage back = await client.DeleteAsync($"/api/v1/checks/{id}/acknowledge", Cancel);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);

        TestNode[] others = [.. Cluster.Nodes.Where(node => node != follower)];
        foreach (TestNode node in others)
            node.Pause();
        try
        {
            using HttpResponseMessage refused = await client.PostAsJsonAsync($"/api/v1/checks/{id}/acknowledge", new Dictionary<string, string> { ["by"] = "ada" }, Cancel);
            JsonElement problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains(problem.GetProperty("code").GetString(), (string[])["no_quorum", "not_confirmed"]);
        }
        finally
        {
            foreach (TestNode node in others)
                node.Continue();
        }

        await Cluster.SettleAsync(Cancel);
    }

    [Fact]
    public async Task Metrics_OfEveryNode_PassPromtool()
    {
        const string Promtool = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed: apt-get install prometheus");
        await DownAsync("gone");
        using ScratchFolder folder = new();
        foreach (TestNode node in Cluster.Nodes)
        {
            using HttpClient client = pages.ClientOf(node);
            string metrics = await client.GetStringAsync("/metrics", Cancel);
            await File.WriteAllTextAsync(folder["metrics"], metrics, Cancel);
            Ran promtool = await Ran.OfAsync(new("sh", ["-c", $"{Promtool} check metrics <'{folder["metrics"]}'"]), Cancel);
            Assert.Equal((0, ""), (promtool.ExitCode, promtool.Output + promtool.Errors));
            Assert.Contains("qu_check_up{check=\"gone\"", metrics, StringComparison.Ordinal);
        }
    }
}
