using System.Text.Json;
using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>What a leader does because time has passed, by real processes: windows, what is held back, reminders, escalation, lost members.</summary>
public sealed class LeaderDutiesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leader_DoesWhatIsDueByTheClock()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync(3, Cancel);
        try
        {
            await DutiesAsync(cluster);
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    private static async Task DutiesAsync(TestCluster cluster)
    {
        await using Target target = await Target.StartAsync();
        await using Target other = await Target.StartAsync();
        await using WebhookReceiver first = await WebhookReceiver.StartAsync();
        await using WebhookReceiver second = await WebhookReceiver.StartAsync();
        TestNode at = cluster.Nodes[0];
        (string ops, string boss, string parent, string child, string kept) = (Make.Name("ops"), Make.Name("boss"), Make.Name("parent"), Make.Name("child"), Make.Name("kept"));
        await RunAsync(at, "alert", "add", "webhook", ops, "--url", first.Url, "--watches-cluster", "on");
        await RunAsync(at, "alert", "add", "webhook", boss, "--url", second.Url, "--after", "3s");
        await AddAsync(at, parent, target, ops + "," + boss, "--reminder", "1m");
        await AddAsync(at, child, target, ops, "--parents", parent);
        await AddAsync(at, kept, other, ops);
        await SeenAsync(at, "all are up", s => s.Checks.Count == 3 && s.Checks.All(static row => row is { State: "up", Ok: 3 }));

        await RunAsync(at, "maintenance", "add", Make.Name("upgrade"), "--for", "15s", "--checks", kept);
        foreach (TestNode node in cluster.Nodes)
            await SeenAsync(node, "the window is open", s => StateOf(s, kept) == "maintenance");
        foreach (TestNode node in cluster.Nodes)
            await SeenAsync(node, "the window has closed", s => StateOf(s, kept) == "up");

        target.Break();
        await ToldAsync(first, parent, "DOWN");
        await SeenAsync(at, "both are down", s => StateOf(s, parent) == "down" && StateOf(s, child) == "down");
        await ToldAsync(second, parent, "DOWN");
        using (JsonDocument escalation = JsonDocument.Parse(second.All[0].Body))
        {
            Assert.Equal("escalation", escalation.RootElement.GetProperty("kind").GetString());
            Assert.Equal(3, escalation.RootElement.GetProperty("reports").GetArrayLength());
        }

        TestNode leader = await cluster.LeaderAsync(Cancel);
        TestNode lost = cluster.Nodes.Last(node => node != leader);
        await lost.Kill9Async(Cancel);
        await ToldAsync(first, parent, "REMINDER", 120);
        // Half a minute of silence, and a leader that has led for a minute.
        await Until.TrueAsync("the lost member is told", () => first.All.Any(static r => r.Verb == "MEMBER LOST"), TimeSpan.FromSeconds(150), Cancel);

        target.Heal();
        await ToldAsync(first, parent, "RECOVERED");
        await ToldAsync(second, parent, "RECOVERED");
        await SeenAsync(leader, "both are up", s => StateOf(s, parent) == "up" && StateOf(s, child) == "up");
        await lost.StartAsync(Cancel);
        await Until.TrueAsync("it is told to be back", () => first.All.Any(static r => r.Verb == "MEMBER BACK"), Patience, Cancel);

        Assert.DoesNotContain(first.All, r => r.Check == child || r.Check == kept);
        Assert.Equal(["DOWN", "REMINDER", "RECOVERED"], second.All.Select(static r => r.Verb).Distinct());
    }

    private static string StateOf(StatusReply status, string check) => status.Checks.FirstOrDefault(row => row.Name == check)?.State ?? "";

    private static Task AddAsync(TestNode at, string name, Target target, string alerts, params string[] more) =>
        RunAsync(at, ["check", "add", "http", name, target.Url, "--interval", "2s", "--timeout", "2s", "--alerts", alerts, .. more]);

    private static async Task RunAsync(TestNode at, params string[] arguments) => (await at.RunAsync(Cancel, arguments)).Expect(0);

    private static Task<StatusReply> SeenAsync(TestNode node, string what, Func<StatusReply, bool> wanted) =>
        Until.SeenAsync($"{node}: {what}", node.StatusAsync, wanted, Patience, Cancel);

    private static Task ToldAsync(WebhookReceiver receiver, string check, string verb, int seconds = 60) =>
        Until.TrueAsync($"{verb} of {check} arrives", () => receiver.Of(check, verb).Count > 0, TimeSpan.FromSeconds(seconds), Cancel);
}
