using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Alerts;

/// <summary>A made-up change of a real check goes the way a real one goes.</summary>
public sealed class RehearsalTests
{
    private readonly TestMachine machine = new();
    private readonly FakeSender sender = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("down", "DOWN", "all usual")]
    [InlineData("recovered", "RECOVERED", "all usual")]
    [InlineData("warn", "WARN", "usual")]
    [InlineData("degraded", "DEGRADED", "all")]
    [InlineData("up", "UP", "all off-topic usual")]
    public async Task Change_GoesToTheAlertsThatTellIt(string word, string verb, string expected)
    {
        Add("usual");
        Add("all", CheckState.Down, CheckState.Degraded);
        Add("off-topic", CheckState.Maintenance);
        Check check = Web();
        System.Collections.Concurrent.ConcurrentQueue<AlertMessage> sent = new();
        sender.Behave = (_, message, _) =>
        {
            sent.Enqueue(message);
            return ValueTask.FromResult(SendResult.Done);
        };

        IReadOnlyList<RehearsalResult> results = await RunAsync(check, word);

        Assert.Equal(expected, string.Join(' ', results.Where(static r => r.Told).Select(static r => r.Alert.Name).Order(StringComparer.Ordinal)));
        Assert.Equal(results.Count(static r => r.Told), sent.Count);
        Assert.All(sent, message => Assert.Equal((MessageKind.Test, verb, "web"), (message.Kind, message.Verb, message.CheckName)));
        Assert.Equal(sent.Count, sent.Select(static message => message.Id).Distinct().Count());
        Assert.All(results, static r => Assert.Equal(r.Told, r.Delivered));
        Assert.Empty(machine.State.Outbox);
    }

    [Fact]
    public async Task Alerts_ThatFail_AreTriedOnceAndSayWhy()
    {
        Add("good");
        Add("bad");
        Check check = Web();
        sender.Behave = (alert, _, _) => ValueTask.FromResult<SendResult>(
            alert.Name == "bad" ? new SendResult.Failed("HTTP 503", Retry: true, TimeSpan.FromMinutes(5)) : SendResult.Done);

        IReadOnlyList<RehearsalResult> results = await RunAsync(check, "down");

        Assert.Equal([("bad", false, "HTTP 503"), ("good", true, "")], results.Select(static r => (r.Alert.Name, r.Delivered, r.Detail)));
        Assert.Equal(2, sender.Sent.Count);
    }

    [Fact]
    public async Task Check_WithoutAlerts_SendsNothing()
    {
        Check check = Web();

        Assert.Empty(await RunAsync(check, "down"));
        Assert.Empty(sender.Sent);
    }

    [Fact]
    public async Task Message_OverTheWire_IsMarkedAsATest()
    {
        await using RawServer server = RawServer.Saying(200);
        using AlertSenders senders = new(TimeProvider.System);
        Alert alert = TestMachine.Alert("ops", isDefault: true);
        (alert.Url, alert.Subject, alert.Body) = (server.Url, "{{ check.name }} is bad", "call {{ check.group }}");
        machine.Must(new Command { PutAlert = new PutAlert { Alert = alert } });
        Check check = Web();

        RehearsalResult result = Assert.Single(await new Rehearsal(senders, TimeProvider.System, NullLogger<OutboxCourier>.Instance)
            .RunAsync(machine.State, check, Change("down"), TestMachine.Founder, Cancel));

        Assert.True(result.Delivered, result.Detail);
        using JsonDocument body = JsonDocument.Parse(Assert.Single(server.Requests).Body);
        Assert.Equal("test", body.RootElement.GetProperty("kind").GetString());
        Assert.Equal("DOWN", body.RootElement.GetProperty("verb").GetString());
        Assert.Equal(machine.State.Joined.Select(static peer => peer.NodeId), body.RootElement.GetProperty("reports").EnumerateArray().Select(static r => r.GetProperty("node").GetString()));
        Assert.Equal("[TEST] web is bad", body.RootElement.GetProperty("subject").GetString());
        Assert.Equal("This is a test.\ncall customers", body.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void OwnTemplate_OfARealChange_HasNoMark()
    {
        AlertWords words = AlertComposer.Render("{{ check.name }} is bad", "call", TestAlerts.Message(), Markup.Plain);

        Assert.Equal(("web is bad", "call"), (words.Subject, words.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DOWN")]
    [InlineData("maintenance")]
    public void Words_ThatAreNone_AreRefused(string word) => Assert.False(Rehearsal.TryParse(word, out _));

    private Task<IReadOnlyList<RehearsalResult>> RunAsync(Check check, string word) => new Rehearsal(sender, TimeProvider.System, NullLogger<OutboxCourier>.Instance)
        .RunAsync(machine.State, check, Change(word), TestMachine.Founder, Cancel);

    private static (CheckState From, CheckState To) Change(string word) => Rehearsal.TryParse(word, out (CheckState From, CheckState To) change) ? change : throw new ArgumentException(word);

    private void Add(string name, params CheckState[] on)
    {
        Alert alert = TestMachine.Alert(name, isDefault: true);
        alert.On.AddRange(on);
        machine.Must(new Command { PutAlert = new PutAlert { Alert = alert } });
    }

    private Check Web()
    {
        Check check = TestMachine.Check("web");
        check.Group = "customers";
        string id = machine.Must(new Command { PutCheck = new PutCheck { Check = check } });
        return machine.State.Checks.TryGet(id, out Check? made) ? made : throw new InvalidOperationException();
    }
}
