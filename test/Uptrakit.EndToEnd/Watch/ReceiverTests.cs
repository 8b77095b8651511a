using Uptrakit.Qu.Control;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>One outage told to receivers that misbehave, each in its way, beside one that does not.</summary>
public sealed class ReceiverTests(WatchedNode shared) : WatchTest(shared)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Receivers_ThatMisbehave_HoldUpNobodyAndGetEachMessageUnderOneId()
    {
        byte[] taken = RawReceiver.Answer("200 OK");
        using RawReceiver victim = new((_, _) => taken);
        using RawReceiver good = new((_, _) => taken);
        using RawReceiver busy = new((_, before) => before == 0 ? RawReceiver.Answer("429 Too Many Requests", $"Retry-After: {Wait.TotalSeconds:0}") : taken);
        using RawReceiver broken = new((_, before) => before == 0 ? RawReceiver.Answer("500 Internal Server Error") : taken);
        using RawReceiver slow = new((_, _) => taken, pause: TimeSpan.FromSeconds(2));
        using RawReceiver never = new((_, _) => null);
        using RawReceiver inward = new((_, _) => RawReceiver.Answer("307 Temporary Redirect", $"Location: {victim.Url}"));
        using RawReceiver metadata = new((_, _) => RawReceiver.Answer("302 Found", "Location: http://169.254.169.254/latest/meta-data/"));
        using RawReceiver prose = new((_, _) => RawReceiver.Answer($"200 {new string('x', 64 * 1024)}"));
        using RawReceiver forger = new((_, before) => before == 0 ? RawReceiver.Answer("503 \u001b[2J\rFATAL", "X-A: \u001b]0;owned\u0007") : taken);
        RawReceiver[] all = [never, prose, inward, metadata, slow, busy, broken, forger, good];
        List<string> alerts = [];
        foreach (RawReceiver each in all)
            alerts.Add(await AlertAsync(each.Url));
        await using Target target = await Target.StartAsync();
        string check = Make.Name("web");
        (await RunAsync("check", "add", "http", check, target.Url, "--interval", "3s", "--alerts", string.Join(',', alerts))).Expect(0);
        await StateAsync(check, "up");

        target.Break();
        await ArrivesAsync(good, "DOWN");
        target.Heal();
        await ArrivesAsync(good, "RECOVERED");
        foreach (RawReceiver each in (RawReceiver[])[busy, broken, forger, slow, inward, metadata])
            await ArrivesAsync(each, "RECOVERED");

        foreach (RawReceiver each in all)
        {
            Assert.Single(each.Of("DOWN").Select(static request => request.Message).Distinct());
            Assert.True(each.Of("RECOVERED").Select(static request => request.Message).Distinct().Count() <= 1);
        }

        // Taken at the first attempt, at the second, or given up at the first: no more than that.
        Assert.All((RawReceiver[])[good, slow, inward, metadata], static each => Assert.Equal(2, each.Requests.Count));
        Assert.All((RawReceiver[])[busy, broken, forger], static each => Assert.Equal(3, each.Requests.Count));
        Assert.True(busy.Requests[1].At - busy.Requests[0].At >= Wait, "the pause that was asked for was not kept");
        Assert.Equal((0, 0L), (victim.Connections, victim.Bytes));
        Assert.All(Node.Log, static line => Assert.DoesNotContain(line, char.IsControl));
        // What nobody takes waits, and nothing else does.
        StatusReply status = await Until.SeenAsync("the others are told", Node.StatusAsync, static s => s.Outbox <= 4, Patience, Cancel);
        Assert.InRange(status.Outbox, 1, 4);
    }

    private async Task<string> AlertAsync(string url)
    {
        string name = Make.Name("hook");
        (await RunAsync("alert", "add", "webhook", name, "--url", url)).Expect(0);
        return name;
    }

    private static Task ArrivesAsync(RawReceiver receiver, string verb) => Until.TrueAsync(
        $"{verb} arrives at {receiver.Url}", () => receiver.Of(verb).Count > 0, Patience, Cancel);

    private Task StateAsync(string check, string state) => Until.TrueAsync(
        $"{check} is {state}", async _ => (await RowAsync(check))?.State == state, Patience, Cancel);
}
