using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts.Services;

/// <summary>Slack, Teams, Telegram, Matrix.</summary>
public sealed class ChatSenderTests : ServiceTest
{
    [Fact]
    public async Task Slack_Message_IsPlainAndCallsNobody()
    {
        await using RawServer receiver = RawServer.Saying(200, "ok");
        (_, JsonElement body) = await SendAsync(receiver, new SlackSender(Kit), TestAlerts.Of(AlertType.Slack, ("*url", receiver.Url)), Hostile());

        Assert.Equal("[DOWN] x @\u2060everyone &lt;!channel&gt; *b* (http)", body.GetProperty("text").GetString());
        Assert.False(body.GetProperty("mrkdwn").GetBoolean());
        JsonElement attachment = Assert.Single(body.GetProperty("attachments").EnumerateArray());
        Assert.Equal("#c62828", attachment.GetProperty("color").GetString());
        Assert.Empty(attachment.GetProperty("mrkdwn_in").EnumerateArray());
        string text = attachment.GetProperty("text").GetString()!;
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", text, StringComparison.Ordinal);
        Assert.Contains("&lt;https://evil.test|click&gt;", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slack_OwnTemplate_KeepsItsMarkupOnly()
    {
        await using RawServer receiver = RawServer.Saying(200, "ok");
        Alert alert = TestAlerts.Of(AlertType.Slack, ("*url", receiver.Url));
        alert.Body = "<!here> *{{ check.name }}*";

        (_, JsonElement body) = await SendAsync(receiver, new SlackSender(Kit), alert, Hostile());

        JsonElement attachment = body.GetProperty("attachments")[0];
        Assert.Equal("<!here> *x @\u2060everyone &lt;!channel&gt; *b**", attachment.GetProperty("text").GetString());
        Assert.Equal("text", Assert.Single(attachment.GetProperty("mrkdwn_in").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData(404, "no_service", false, "HTTP 404: no_service")]
    [InlineData(410, "channel_is_archived", false, "HTTP 410: channel_is_archived")]
    [InlineData(400, "<p>/services/T0/B0/geheim42 is wrong", false, "HTTP 400")]
    [InlineData(429, "rate_limited", true, "HTTP 429: rate_limited")]
    [InlineData(500, "", true, "HTTP 500")]
    public async Task Slack_Refusal_IsFinalOrNot(int status, string answer, bool retry, string reason)
    {
        await using RawServer receiver = RawServer.Saying(status, answer, "Retry-After: 7");
        SendResult.Failed failed = await FailAsync(new SlackSender(Kit), TestAlerts.Of(AlertType.Slack, ("*url", receiver.Url + "services/T0/B0/geheim42")));

        Assert.Equal((reason, retry), (failed.Reason, failed.Retry));
        Assert.Equal(retry ? TimeSpan.FromSeconds(7) : null, failed.RetryAfter);
    }

    [Fact]
    public async Task Teams_Message_IsACardWithoutMarkdown()
    {
        await using RawServer receiver = RawServer.Saying(202);
        (RawRequest request, JsonElement body) = await SendAsync(receiver, new TeamsSender(Kit), TestAlerts.Of(AlertType.Teams, ("*url", receiver.Url)), Hostile());

        Assert.Equal("message", body.GetProperty("type").GetString());
        JsonElement attachment = Assert.Single(body.GetProperty("attachments").EnumerateArray());
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        JsonElement[] lines = [.. attachment.GetProperty("content").GetProperty("body").EnumerateArray()];
        // Only parts that know no markdown.
        Assert.All(lines, l => Assert.Equal("RichTextBlock", l.GetProperty("type").GetString()));
        Assert.All(lines, l => Assert.Equal("TextRun", l.GetProperty("inlines")[0].GetProperty("type").GetString()));
        Assert.Equal("Attention", lines[0].GetProperty("inlines")[0].GetProperty("color").GetString());
        Assert.False(attachment.GetProperty("content").GetProperty("msteams").TryGetProperty("entities", out _));
        Assert.InRange(request.Body.Length, 100, 28 * 1024);
    }

    [Fact]
    public async Task Teams_LongestMessage_StaysUnderItsLimit()
    {
        await using RawServer receiver = RawServer.Saying(202);
        Alert alert = TestAlerts.Of(AlertType.Teams, ("*url", receiver.Url));
        alert.Body = string.Concat(Enumerable.Repeat("🙂", 1900));

        (RawRequest request, _) = await SendAsync(receiver, new TeamsSender(Kit), alert, Long());

        Assert.InRange(request.Body.Length, 4000, 28 * 1024);
    }

    [Fact]
    public async Task Teams_SuccessThatIsNone_IsTriedAgain()
    {
        await using RawServer receiver = RawServer.Saying(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429");

        Assert.True((await FailAsync(new TeamsSender(Kit), TestAlerts.Of(AlertType.Teams, ("*url", receiver.Url)))).Retry);
    }

    [Fact]
    public async Task Teams_SuccessThatStalls_HasTheMessage()
    {
        await using RawServer receiver = new(async (_, stream, _) =>
            await stream.WriteAsync("HTTP/1.1 202 X\r\nContent-Length: 50\r\n\r\nshort"u8.ToArray(), Cancel));

        Assert.Equal(SendResult.Done, await new TeamsSender(Kit).SendAsync(TestAlerts.Of(AlertType.Teams, ("*url", receiver.Url)), TestAlerts.Message(), Cancel));
    }

    [Fact]
    public async Task Telegram_Message_IsTextToTheChat()
    {
        await using RawServer receiver = RawServer.Saying(200, "{\"ok\":true}");
        Alert alert = TestAlerts.Of(AlertType.Telegram, ("*token", "123:AbC_d-e"), ("chat", "-100"), ("thread", "7"), ("silent", "true"));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new TelegramSender(Kit, receiver.Url), alert, Hostile());

        Assert.Equal("/bot123:AbC_d-e/sendMessage", request.Path);
        Assert.Equal("-100", body.GetProperty("chat_id").GetString());
        Assert.Equal(7, body.GetProperty("message_thread_id").GetInt32());
        Assert.True(body.GetProperty("disable_notification").GetBoolean());
        Assert.True(body.GetProperty("link_preview_options").GetProperty("is_disabled").GetBoolean());
        Assert.False(body.TryGetProperty("parse_mode", out _));
        string text = body.GetProperty("text").GetString()!;
        Assert.Contains("@\u2060everyone <!channel> *b*", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telegram_LongestMessage_StaysUnderItsLimit()
    {
        await using RawServer receiver = RawServer.Saying(200, "{\"ok\":true}");
        Alert alert = TestAlerts.Of(AlertType.Telegram, ("*token", "1:a"), ("chat", "1"), ("url", receiver.Url));
        alert.Body = new string('x', 8000);

        (_, JsonElement body) = await SendAsync(receiver, new TelegramSender(Kit), alert);

        Assert.Equal(4096, body.GetProperty("text").GetString()!.Length);
    }

    [Theory]
    [InlineData(429, "{\"ok\":false,\"parameters\":{\"retry_after\":35}}", true, "HTTP 429", 35)]
    [InlineData(400, "{\"ok\":false,\"description\":\"Bad Request: chat not found\"}", false, "HTTP 400: Bad Request: chat not found", null)]
    [InlineData(401, "{\"description\":\"Unauthorized\"}", false, "HTTP 401: Unauthorized", null)]
    [InlineData(404, "{\"ok\":false,\"description\":\"Not Found\"}", false, "HTTP 404: the token is not known", null)]
    [InlineData(404, "<html>proxy", true, "HTTP 404", null)]
    [InlineData(400, "{\"description\":\"no /bot123:geheim42/x\"}", false, "HTTP 400: no /bot***/x", null)]
    public async Task Telegram_Refusal_IsFinalOrNotAndKeepsTheToken(int status, string answer, bool retry, string reason, int? wait)
    {
        await using RawServer receiver = RawServer.Saying(status, answer);
        SendResult.Failed failed = await FailAsync(
            new TelegramSender(Kit, receiver.Url), TestAlerts.Of(AlertType.Telegram, ("*token", "123:geheim42"), ("chat", "1")));

        Assert.Equal(new SendResult.Failed(reason, retry, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null), failed);
    }

    [Fact]
    public async Task Telegram_TokenWithASlash_IsSentNowhere()
    {
        await using RawServer receiver = RawServer.Saying(200);
        SendResult.Failed failed = await FailAsync(
            new TelegramSender(Kit, receiver.Url), TestAlerts.Of(AlertType.Telegram, ("*token", "1:a/../x"), ("chat", "1")));

        Assert.False(failed.Retry);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task Matrix_Message_HasTheIdAsItsTransactionAndCallsNobody()
    {
        await using RawServer receiver = RawServer.Saying(200, "{\"event_id\":\"$1\"}");
        Alert alert = TestAlerts.Of(AlertType.Matrix, ("*token", "syt_geheim"), ("url", receiver.Url), ("room", "!a b:example.org"));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new MatrixSender(Kit), alert, Hostile());

        Assert.StartsWith("PUT ", request.Head, StringComparison.Ordinal);
        Assert.Equal("/_matrix/client/v3/rooms/%21a%20b%3Aexample.org/send/m.room.message/o-1", request.Path);
        Assert.Equal("Bearer syt_geheim", request.Header("Authorization"));
        Assert.Equal("m.text", body.GetProperty("msgtype").GetString());
        Assert.Empty(body.GetProperty("m.mentions").EnumerateObject());
        Assert.False(body.TryGetProperty("formatted_body", out _));
    }

    [Theory]
    [InlineData(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":2500}", true, "HTTP 429", 2.5)]
    [InlineData(403, "{\"errcode\":\"M_FORBIDDEN\"}", false, "HTTP 403: M_FORBIDDEN", null)]
    [InlineData(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", false, "HTTP 401: M_UNKNOWN_TOKEN", null)]
    [InlineData(502, "[", true, "HTTP 502", null)]
    public async Task Matrix_Refusal_IsFinalOrNot(int status, string answer, bool retry, string reason, double? wait)
    {
        await using RawServer receiver = RawServer.Saying(status, answer);
        SendResult.Failed failed = await FailAsync(
            new MatrixSender(Kit), TestAlerts.Of(AlertType.Matrix, ("*token", "syt_geheim"), ("url", receiver.Url), ("room", "!a:b")));

        Assert.Equal(new SendResult.Failed(reason, retry, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null), failed);
    }

    [Fact]
    public async Task Discord_OwnTemplate_KeepsItsMarkdownOnly()
    {
        await using RawServer receiver = RawServer.Saying(204);
        Alert alert = TestAlerts.Of(AlertType.Discord, ("*url", receiver.Url));
        alert.Subject = "{{ check.name }}";
        alert.Body = "**{{ snapshot.detail }}**";

        (_, JsonElement body) = await SendAsync(receiver, new DiscordSender(Kit), alert, Hostile());

        Assert.Equal(
            "**x @everyone \\<!channel\\> \\*b\\***\n**\\<https://evil.test\\|click\\> \\[a\\]\\(http://evil.test\\) 'code' &  txt Bcc: all**",
            body.GetProperty("content").GetString());
        Assert.Empty(body.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray());
        Assert.Equal(4, body.GetProperty("flags").GetInt32());
    }

    [Fact]
    public async Task Discord_OwnSubjectAlone_StandsAboveTheDefault()
    {
        await using RawServer receiver = RawServer.Saying(204);
        Alert alert = TestAlerts.Of(AlertType.Discord, ("*url", receiver.Url));
        alert.Subject = "{{ check.name }}!";

        (_, JsonElement body) = await SendAsync(receiver, new DiscordSender(Kit), alert, Hostile());

        Assert.StartsWith(
            "**x @everyone \\<!channel\\> \\*b\\*!**\n`x @everyone <!channel> *b*` does not answer as expected.",
            body.GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_OfAnySender_IsResolvedAndItsFaultTold()
    {
        await using RawServer receiver = RawServer.Saying(200, "ok");
        Alert alert = TestAlerts.Of(AlertType.Slack, ("*url", "file:/secret/url"));
        ServiceKit good = Kit with { Secrets = (_, secret, _) => ValueTask.FromResult<(byte[]?, string?)>((Encoding.UTF8.GetBytes(receiver.Url + "\n"), null)) };
        ServiceKit bad = Kit with { Secrets = (_, _, _) => ValueTask.FromResult<(byte[]?, string?)>((null, "the file is not there")) };
        ServiceKit broken = Kit with { Secrets = (_, _, _) => ValueTask.FromResult<(byte[]?, string?)>(([0xff, 0xfe], null)) };
        ServiceKit forged = Kit with { Secrets = (_, _, _) => ValueTask.FromResult<(byte[]?, string?)>(("a\r\nX-Evil: 1"u8.ToArray(), null)) };

        await SendAsync(receiver, new SlackSender(good), alert);
        Assert.Equal(new SendResult.Failed("secret 'url': the file is not there", Retry: true), await FailAsync(new SlackSender(bad), alert));
        Assert.True((await FailAsync(new SlackSender(broken), alert)).Retry);
        Assert.True((await FailAsync(new SlackSender(forged), alert)).Retry);
        Assert.True((await FailAsync(new SlackSender(Kit), alert)).Retry);
    }

    [Fact]
    public async Task Template_ThatFails_IsToldWithTheDelivery()
    {
        await using RawServer receiver = RawServer.Saying(200, "ok");
        Alert alert = TestAlerts.Of(AlertType.Slack, ("*url", receiver.Url));
        alert.Body = "{{ oops }}";

        SendResult.Delivered delivered = Assert.IsType<SendResult.Delivered>(await new SlackSender(Kit).SendAsync(alert, TestAlerts.Message(), Cancel));

        Assert.Contains("line 1, column 4: 'oops' is not known", delivered.Note, StringComparison.Ordinal);
        Assert.Contains("does not answer as expected", Encoding.UTF8.GetString(Assert.Single(receiver.Requests).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_ThatIsNeverRead_IsLeftAtTheDeadline()
    {
        FakeTimeProvider clock = new();
        ServiceKit stuck = Kit with { Clock = clock, Secrets = (_, _, _) => new(new TaskCompletionSource<(byte[]?, string?)>().Task) };

        Task<SendResult> sending = new SlackSender(stuck).SendAsync(TestAlerts.Of(AlertType.Slack, ("*url", "file:/x")), TestAlerts.Message(), Cancel).AsTask();
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new SendResult.Failed("secret 'url': could not be read within 5 s", Retry: true), await sending);
    }

    [Fact]
    public async Task Type_OfEachAlert_HasASender()
    {
        using AlertSenders senders = new(TimeProvider.System);
        // Without any field: each refuses in its own words, and nothing is dialled.
        foreach (AlertType type in Enum.GetValues<AlertType>().Where(t => t is not (AlertType.Unspecified or AlertType.Ntfy or AlertType.Pushover
            or AlertType.Pagerduty or AlertType.Opsgenie)))
        {
            SendResult.Failed failed = await FailAsync(senders, TestAlerts.Of(type));
            Assert.DoesNotContain("does not know", failed.Reason, StringComparison.Ordinal);
        }

        Assert.True((await FailAsync(senders, TestAlerts.Of((AlertType)99))).Retry);
    }

    [Fact]
    public void Order_AsText_HoldsNoSecret()
    {
        HttpOrder order = HttpOrder.Post("https://example.org/geheim", _ => { }) with { Headers = [("Authorization", "geheim")] };

        Assert.DoesNotContain("geheim", order.ToString(), StringComparison.Ordinal);
    }
}
