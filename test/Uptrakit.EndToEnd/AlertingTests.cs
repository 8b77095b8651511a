using System.Text.Json;
using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>From a broken web server to one message, over three nodes.</summary>
public sealed class AlertingTests(SharedCluster shared) : ClusterTest(shared)
{
    private const string Secret = "a secret of receiver and cluster";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Outage_OfTheTarget_SendsOneSignedDownAndOneRecovered()
    {
        await using Target target = await Target.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        string check = await WatchAsync(target, receiver);

        target.Break();
        Received down = await FirstAsync(receiver, check, "DOWN");
        target.Heal();
        Received recovered = await FirstAsync(receiver, check, "RECOVERED");
        await QuietAsync(check, "up");

        Assert.Single(receiver.Of(check, "DOWN"));
        Assert.Single(receiver.Of(check, "RECOVERED"));
        Assert.Equal(2, receiver.All.Count);
        Assert.NotEqual(down.Id, recovered.Id);
        Assert.All(receiver.All, AssertReports);
        Assert.All(receiver.All, r => Assert.True(r.IsSignedWith(Secret), $"the signature of {r} is wrong"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Outage_MasterKilledDuringIt_SendsOneDownAndOneRecovered(bool killedAfterTheMessage)
    {
        await using Target target = await Target.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        string check = await WatchAsync(target, receiver);

        target.Break();
        if (killedAfterTheMessage)
            await FirstAsync(receiver, check, "DOWN");
        await Leader.Kill9Async(Cancel);
        Received down = await FirstAsync(receiver, check, "DOWN");
        target.Heal();
        Received recovered = await FirstAsync(receiver, check, "RECOVERED");
        await QuietAsync(check, "up");

        // A message in flight may come twice, and carries the same id then.
        Assert.Equal([down.Id], receiver.Of(check, "DOWN").Select(static r => r.Id).Distinct());
        Assert.Equal([recovered.Id], receiver.Of(check, "RECOVERED").Select(static r => r.Id).Distinct());
        Assert.NotEqual(down.Id, recovered.Id);
    }

    /// <summary>What each of the three sees, with its latency.</summary>
    private void AssertReports(Received message)
    {
        using JsonDocument body = JsonDocument.Parse(message.Body);
        JsonElement[] reports = [.. body.RootElement.GetProperty("reports").EnumerateArray()];
        Assert.Equal(Cluster.Nodes.Select(static node => node.NodeId.ToString()).Order(), reports.Select(static r => r.GetProperty("node").GetString()).Order());
        Assert.True(reports.Count(r => r.GetProperty("ok").GetBoolean() == (message.Verb == "RECOVERED")) >= 2, message.ToString());
        Assert.All(reports, static r => Assert.True(r.GetProperty("latency_ms").GetInt64() >= 0));
    }

    /// <summary>An alert and a check, as an operator adds them, each at another follower; waits until all three see the target up.</summary>
    private async Task<string> WatchAsync(Target target, WebhookReceiver receiver)
    {
        string alert = Make.Name("hook");
        string check = Make.Name("web");
        string secretFile = Path.Combine(Cluster.Root, alert);
        await File.WriteAllTextAsync(secretFile, Secret, Cancel);
        (await Followers[0].RunAsync(Cancel, "alert", "add", "webhook", alert, "--url", receiver.Url, "--secret-file", secretFile)).Expect(0);
        (await Followers[1].RunAsync(
            Cancel, "check", "add", "http", check, target.Url, "--interval", "2s", "--timeout", "2s", "--alerts", alert)).Expect(0);
        foreach (TestNode node in Cluster.Nodes)
            await StateAsync(node, check, static row => row is { State: "up", Ok: 3, Total: 3 });
        return check;
    }

    private static Task<CheckRow?> StateAsync(TestNode node, string check, Func<CheckRow, bool> wanted) => Until.SeenAsync(
        $"{node} shows {check} as wanted",
        async c => (await node.StatusAsync(c)).Checks.FirstOrDefault(r => r.Name == check),
        row => row is not null && wanted(row),
        Patience,
        Cancel);

    private static async Task<Received> FirstAsync(WebhookReceiver receiver, string check, string verb)
    {
        await Until.SeenAsync(
            $"{verb} of {check} arrives",
            _ => Task.FromResult(string.Join(", ", receiver.All)),
            _ => receiver.Of(check, verb).Count > 0,
            Patience,
            Cancel);
        return receiver.Of(check, verb)[0];
    }

    /// <summary>Everything is told: nothing waits for delivery, and whoever would say it again had the time to.</summary>
    private async Task QuietAsync(string check, string state)
    {
        foreach (TestNode node in Cluster.Running)
        {
            await StateAsync(node, check, row => row.State == state);
            await Until.SeenAsync("the outbox is empty", node.StatusAsync, static s => s.Outbox == 0, Patience, Cancel);
        }

        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
    }
}
