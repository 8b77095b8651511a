using System.Text;
using System.Text.Json;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts.Services;

/// <summary>ntfy, Gotify, Pushover.</summary>
public sealed class PushSenderTests : ServiceTest
{
    [Fact]
    public async Task Ntfy_Message_IsJsonToTheRoot()
    {
        await using RawServer receiver = RawServer.Saying(200, "{}");
        Alert alert = TestAlerts.Of(AlertType.Ntfy, ("topic", "ops"), ("*token", "tk_geheim"), ("priority", "5"));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new NtfySender(Kit, receiver.Url), alert);

        Assert.Equal("/", request.Path);
        Assert.Equal("Bearer tk_geheim", request.Header("Authorization"));
        Assert.Equal("ops", body.GetProperty("topic").GetString());
        Assert.Equal("[DOWN] web (http)", body.GetProperty("title").GetString());
        Assert.Equal(5, body.GetProperty("priority").GetInt32());
        Assert.Equal("rotating_light", body.GetProperty("tags")[0].GetString());
        Assert.False(body.TryGetProperty("markdown", out _));
    }

    [Fact]
    public async Task Ntfy_Recovery_IsQuieterAndTakesUserAndPassword()
    {
        await using RawServer receiver = RawServer.Saying(200, "{}");
        Alert alert = TestAlerts.Of(AlertType.Ntfy, ("topic", "ops"), ("url", receiver.Url), ("user", "kim"), ("*password", "pä"), ("priority", "5"));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new NtfySender(Kit), alert, AlertMessage.Of(TestAlerts.Entry(to: CheckState.Up)));

        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("kim:pä")), request.Header("Authorization"));
        Assert.Equal(3, body.GetProperty("priority").GetInt32());
        Assert.Equal("white_check_mark", body.GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task Ntfy_LongestMessage_StaysUnderItsBytes()
    {
        await using RawServer receiver = RawServer.Saying(200, "{}");
        Alert alert = TestAlerts.Of(AlertType.Ntfy, ("topic", "ops"), ("url", receiver.Url));
        alert.Body = string.Concat(Enumerable.Repeat("🙂", 2000));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new NtfySender(Kit), alert);

        Assert.InRange(Encoding.UTF8.GetByteCount(body.GetProperty("message").GetString()!), 4090, 4096);
        Assert.Null(request.Header("Authorization"));
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(403, false)]
    [InlineData(507, true)]
    public async Task Ntfy_Refusal_IsFinalOrNot(int status, bool retry)
    {
        await using RawServer receiver = RawServer.Saying(status, "{\"code\":1,\"error\":\"words\"}", "Retry-After: 3");
        SendResult.Failed failed = await FailAsync(new NtfySender(Kit), TestAlerts.Of(AlertType.Ntfy, ("topic", "o"), ("url", receiver.Url)));

        Assert.Equal(new SendResult.Failed($"HTTP {status}: words", retry, retry ? TimeSpan.FromSeconds(3) : null), failed);
    }

    [Fact]
    public async Task Gotify_Message_HasItsTokenInAHeaderOnly()
    {
        await using RawServer receiver = RawServer.Saying(200, "{}");
        Alert alert = TestAlerts.Of(AlertType.Gotify, ("url", receiver.Url + "sub/"), ("*token", "A.geheim"));

        (RawRequest request, JsonElement body) = await SendAsync(receiver, new GotifySender(Kit), alert, Hostile());

        Assert.Equal("/sub/message", request.Path);
        Assert.Equal("A.geheim", request.Header("X-Gotify-Key"));
        Assert.Equal(8, body.GetProperty("priority").GetInt32());
        Assert.Equal("text/plain", body.GetProperty("extras").GetProperty("client::display").GetProperty("contentType").GetString());
        Assert.DoesNotContain("geheim", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gotify_Refusal_TellsItsWords()
    {
        await using RawServer receiver = RawServer.Saying(401, "{\"error\":\"Unauthorized\",\"errorDescription\":\"token A.geheim42 is wrong\"}");

        Assert.Equal(
            new SendResult.Failed("HTTP 401: token *** is wrong", Retry: false),
            await FailAsync(new GotifySender(Kit), TestAlerts.Of(AlertType.Gotify, ("url", receiver.Url), ("*token", "A.geheim42"))));
    }

    [Theory]
    [InlineData("2", CheckState.Down, 2)]
    [InlineData("2", CheckState.Up, 0)]
    [InlineData("-1", CheckState.Up, -1)]
    public async Task Pushover_Priority_IsForBadNews(string setting, object to, int priority)
    {
        await using RawServer receiver = RawServer.Saying(200, "{\"status\":1}");
        Alert alert = TestAlerts.Of(
            AlertType.Pushover, ("*token", "app"), ("*user", "kim"), ("priority", setting), ("sound", "siren"), ("device", "phone"));

        (RawRequest request, JsonElement body) = await SendAsync(
            receiver, new PushoverSender(Kit, receiver.Url), alert, AlertMessage.Of(TestAlerts.Entry(to: (CheckState)to)));

        Assert.Equal("/1/messages.json", request.Path);
        Assert.Equal(("app", "kim"), (body.GetProperty("token").GetString(), body.GetProperty("user").GetString()));
        Assert.Equal(("siren", "phone"), (body.GetProperty("sound").GetString(), body.GetProperty("device").GetString()));
        Assert.Equal(priority, body.GetProperty("priority").GetInt32());
        // Pushover refuses an emergency without them.
        Assert.Equal(priority == 2, body.TryGetProperty("retry", out _) && body.TryGetProperty("expire", out _));
    }

    [Fact]
    public async Task Pushover_LongestMessage_StaysUnderItsLimits()
    {
        await using RawServer receiver = RawServer.Saying(200, "{\"status\":1}");
        Alert alert = TestAlerts.Of(AlertType.Pushover, ("*token", "app"), ("*user", "kim"));
        alert.Body = new string('x', 3000);

        (_, JsonElement body) = await SendAsync(receiver, new PushoverSender(Kit, receiver.Url), alert, Long());

        Assert.Equal(1024, body.GetProperty("message").GetString()!.Length);
        Assert.InRange(body.GetProperty("title").GetString()!.Length, 1, 250);
    }

    [Theory]
    [InlineData(400, "{\"errors\":[\"user identifier is invalid\"],\"status\":0}", false, "HTTP 400: user identifier is invalid")]
    [InlineData(404, "", false, "HTTP 404")]
    [InlineData(429, "{}", true, "HTTP 429: the application's quota is used up")]
    [InlineData(500, "{}", true, "HTTP 500")]
    public async Task Pushover_Refusal_IsFinalOrNot(int status, string answer, bool retry, string reason)
    {
        await using RawServer receiver = RawServer.Saying(status, answer);
        SendResult.Failed failed = await FailAsync(new PushoverSender(Kit, receiver.Url), TestAlerts.Of(AlertType.Pushover, ("*token", "a"), ("*user", "b")));

        Assert.Equal((reason, retry), (failed.Reason, failed.Retry));
    }
}
