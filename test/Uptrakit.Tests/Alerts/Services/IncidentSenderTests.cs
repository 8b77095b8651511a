using System.Text.Json;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts.Services;

/// <summary>PagerDuty and Opsgenie: one incident for each check.</summary>
public sealed class IncidentSenderTests : ServiceTest
{
    private static readonly Alert s_pager = TestAlerts.Of(AlertType.Pagerduty, ("*routing_key", "R0geheim"));
    private static readonly Alert s_genie = TestAlerts.Of(AlertType.Opsgenie, ("*key", "G0geheim"), ("priority", "P1"));

    [Fact]
    public async Task PagerDuty_DownAndUp_TriggerAndResolveOneIncident()
    {
        await using RawServer receiver = RawServer.Saying(202, "{\"status\":\"success\"}");
        PagerDutySender sender = new(Kit, receiver.Url);

        (RawRequest request, JsonElement down) = await SendAsync(receiver, sender, s_pager);
        (_, JsonElement up) = await SendAsync(receiver, sender, s_pager, AlertMessage.Of(TestAlerts.Entry("o-2", to: CheckState.Up)));

        Assert.Equal("/v2/enqueue", request.Path);
        Assert.Equal(("trigger", "resolve"), (down.GetProperty("event_action").GetString(), up.GetProperty("event_action").GetString()));
        Assert.Equal("uptrakit-check-c-1", down.GetProperty("dedup_key").GetString());
        Assert.Equal("uptrakit-check-c-1", up.GetProperty("dedup_key").GetString());
        Assert.Equal("R0geheim", down.GetProperty("routing_key").GetString());
        JsonElement payload = down.GetProperty("payload");
        Assert.Equal("critical", payload.GetProperty("severity").GetString());
        Assert.Equal("https://example.org/", payload.GetProperty("source").GetString());
        Assert.Equal("[DOWN] web (http)", payload.GetProperty("summary").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", payload.GetProperty("timestamp").GetString());
    }

    [Theory]
    [InlineData(MessageKind.Reminder, CheckState.Down, "uptrakit-check-c-1", "trigger", "critical")]
    [InlineData(MessageKind.Flapping, CheckState.Up, "uptrakit-check-c-1", "trigger", "warning")]
    [InlineData(MessageKind.Escalation, CheckState.Down, "uptrakit-check-c-1", "trigger", "critical")]
    [InlineData(MessageKind.Unwatched, CheckState.Unknown, "uptrakit-check-c-1", "resolve", "info")]
    [InlineData(MessageKind.Transition, CheckState.Warn, "uptrakit-check-c-1", "trigger", "warning")]
    [InlineData(MessageKind.Transition, CheckState.Maintenance, "uptrakit-check-c-1", "resolve", "info")]
    [InlineData(MessageKind.Test, CheckState.Down, "uptrakit-test-c-1", "trigger", "critical")]
    [InlineData(MessageKind.MemberLost, CheckState.Unknown, "uptrakit-member-n-2-live", "trigger", "critical")]
    [InlineData(MessageKind.MemberBack, CheckState.Unknown, "uptrakit-member-n-2-live", "resolve", "info")]
    [InlineData(MessageKind.MemberClock, CheckState.Unknown, "uptrakit-member-n-2-clock", "trigger", "warning")]
    [InlineData(MessageKind.MemberClockRight, CheckState.Unknown, "uptrakit-member-n-2-clock", "resolve", "info")]
    [InlineData(MessageKind.MemberExcluded, CheckState.Unknown, "uptrakit-member-n-2-votes", "trigger", "warning")]
    [InlineData(MessageKind.QuorumLost, CheckState.Unknown, "uptrakit-quorum-11111111-2222-3333-4444-555555555555", "trigger", "critical")]
    public async Task PagerDuty_EveryKind_HasItsIncident(object kind, object to, string key, string action, string severity)
    {
        await using RawServer receiver = RawServer.Saying(202);
        OutboxEntry entry = TestAlerts.Entry(to: (CheckState)to);
        entry.Kind = (MessageKind)kind;
        entry.MemberId = "n-2";

        (_, JsonElement body) = await SendAsync(receiver, new PagerDutySender(Kit, receiver.Url), s_pager, AlertMessage.Of(entry));

        Assert.Equal(key, body.GetProperty("dedup_key").GetString());
        Assert.Equal(action, body.GetProperty("event_action").GetString());
        Assert.Equal(severity, body.GetProperty("payload").GetProperty("severity").GetString());
    }

    [Fact]
    public async Task PagerDuty_TestOfTheAlert_TouchesNoRealIncident()
    {
        await using RawServer receiver = RawServer.Saying(202);

        (_, JsonElement body) = await SendAsync(
            receiver, new PagerDutySender(Kit, receiver.Url), s_pager, AlertMessage.Test("t-1", "n-1", DateTimeOffset.UnixEpoch));

        Assert.Equal("uptrakit-test", body.GetProperty("dedup_key").GetString());
        Assert.Equal("info", body.GetProperty("payload").GetProperty("severity").GetString());
    }

    [Theory]
    [InlineData(400, "{\"errors\":[\"Length of 'routing_key' is incorrect\"]}", false, "HTTP 400: Length of 'routing_key' is incorrect")]
    [InlineData(429, "", true, "HTTP 429")]
    [InlineData(500, "", true, "HTTP 500")]
    public async Task PagerDuty_Refusal_IsFinalOrNot(int status, string answer, bool retry, string reason)
    {
        await using RawServer receiver = RawServer.Saying(status, answer);
        SendResult.Failed failed = await FailAsync(new PagerDutySender(Kit, receiver.Url), s_pager);

        Assert.Equal((reason, retry), (failed.Reason, failed.Retry));
    }

    [Fact]
    public async Task Opsgenie_DownAndUp_CreateAndCloseOneAlert()
    {
        await using RawServer receiver = RawServer.Saying(202, "{}");
        OpsgenieSender sender = new(Kit, receiver.Url);

        (RawRequest created, JsonElement down) = await SendAsync(receiver, sender, s_genie, Long());
        (RawRequest closed, JsonElement up) = await SendAsync(receiver, sender, s_genie, AlertMessage.Of(TestAlerts.Entry("o-2", to: CheckState.Up)));

        Assert.Equal("/v2/alerts", created.Path);
        Assert.Equal("GenieKey G0geheim", created.Header("Authorization"));
        Assert.Equal("uptrakit-check-c-1", down.GetProperty("alias").GetString());
        Assert.Equal("P1", down.GetProperty("priority").GetString());
        Assert.InRange(down.GetProperty("message").GetString()!.Length, 1, 130);
        Assert.Equal("/v2/alerts/uptrakit-check-c-1/close?identifierType=alias", closed.Path);
        Assert.Contains("is up again after 1h 2m", up.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(422, "{\"message\":\"Request body is not processable\"}", false)]
    [InlineData(429, "{\"message\":\"You are making too many requests!\"}", true)]
    [InlineData(503, "", true)]
    public async Task Opsgenie_Refusal_IsFinalOrNot(int status, string answer, bool retry)
    {
        await using RawServer receiver = RawServer.Saying(status, answer);

        Assert.Equal(retry, (await FailAsync(new OpsgenieSender(Kit, receiver.Url), s_genie)).Retry);
    }
}
