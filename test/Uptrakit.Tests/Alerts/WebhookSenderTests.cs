using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts;

public sealed class WebhookSenderTests : IDisposable
{
    private readonly TestWorld world = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly WebhookSender sender;

    public WebhookSenderTests() => sender = new WebhookSender(TestAlerts.Kit(world, clock));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Message_ToAReceiver_IsTheDocumentedJson()
    {
        await using RawServer receiver = RawServer.Saying(204);

        Assert.Equal(SendResult.Done, await SendAsync(receiver.Url));

        Assert.True(receiver.Requests.TryDequeue(out RawRequest? request));
        Assert.StartsWith("POST / ", request.Head, StringComparison.Ordinal);
        Assert.Equal("o-1", request.Header("X-Uptrakit-Message"));
        Assert.Null(request.Header("X-Uptrakit-Signature"));
        using JsonDocument body = JsonDocument.Parse(request.Body);
        JsonElement root = body.RootElement;
        Assert.Equal(
            ["id", "verb", "check", "from", "to", "ok", "total", "detail", "at", "lasted_seconds", "node_id", "subject", "text", "kind",
                "member", "reports"],
            root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["id", "name", "type", "target", "tags", "group"], root.GetProperty("check").EnumerateObject().Select(p => p.Name));
        Assert.Equal("DOWN", root.GetProperty("verb").GetString());
        Assert.Equal("http", root.GetProperty("check").GetProperty("type").GetString());
        Assert.Equal("up", root.GetProperty("from").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", root.GetProperty("at").GetString());
        Assert.Equal(3723, root.GetProperty("lasted_seconds").GetInt64());
        Assert.Equal("[DOWN] web (http)", root.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Signature_RecomputedByTheReceiver_IsTheSame()
    {
        await using RawServer receiver = RawServer.Saying(200);

        await SendAsync(receiver.Url, "geheim");

        Assert.True(receiver.Requests.TryDequeue(out RawRequest? request));
        string timestamp = request.Header("X-Uptrakit-Timestamp")!;
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. request.Body];
        string expected = Convert.ToHexStringLower(HMACSHA256.HashData("geheim"u8, signed));
        Assert.Equal("1800000000", timestamp);
        Assert.Equal("sha256=" + expected, request.Header("X-Uptrakit-Signature"));
        Assert.DoesNotContain("geheim", request.Head + Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, true)]
    [InlineData(408, true)]
    [InlineData(410, false)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task Status_ThatIsNoSuccess_IsRepeatedOrNot(int status, bool retry)
    {
        await using RawServer receiver = RawServer.Saying(status);

        Assert.Equal(new SendResult.Failed($"HTTP {status}", retry), await SendAsync(receiver.Url));
    }

    [Theory]
    [InlineData("Retry-After: 17", 17)]
    [InlineData("Retry-After: 86400", 300)]
    [InlineData("Retry-After: Fri, 15 Jan 2027 08:00:30 GMT", 30)]
    [InlineData("Retry-After: Fri, 15 Jan 2021 08:00:30 GMT", 0)]
    public async Task RetryAfter_OfTheReceiver_IsHonouredUpToFiveMinutes(string header, int seconds)
    {
        await using RawServer receiver = RawServer.Saying(503, "", header);

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await SendAsync(receiver.Url));

        Assert.Equal(TimeSpan.FromSeconds(seconds), failed.RetryAfter);
    }

    [Fact]
    public async Task Redirect_OfTheReceiver_IsNotFollowed()
    {
        await using RawServer inner = RawServer.Saying(200);
        await using RawServer receiver = RawServer.Saying(307, "", $"Location: {inner.Url}");

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await SendAsync(receiver.Url, "geheim"));

        Assert.False(failed.Retry);
        Assert.Equal(0, inner.Connections);
    }

    [Theory]
    [InlineData("169.254.169.254", false)]
    [InlineData("[fe80::1]", false)]
    [InlineData("[fd00:ec2::254]", false)]
    [InlineData("[::ffff:169.254.169.254]", false)]
    [InlineData("metadata.test", true)]
    public async Task LinkLocalAddress_AfterResolution_IsRefused(string host, bool retry)
    {
        await using RawServer receiver = RawServer.Saying(200);
        world.Name("metadata.test", "169.254.169.254", "fe80::7");

        SendResult result = await SendAsync($"http://{host}:{receiver.Port}/");

        Assert.Equal(new SendResult.Failed("refused to send to a link-local address", retry), result);
        Assert.Empty(world.Dialled);
    }

    [Fact]
    public async Task Name_WithOneLinkLocalAddress_DialsOnlyTheOther()
    {
        await using RawServer receiver = RawServer.Saying(200);
        world.Name("mixed.test", "169.254.169.254", "127.0.0.1");

        Assert.Equal(SendResult.Done, await SendAsync($"http://mixed.test:{receiver.Port}/"));
        Assert.Equal(IPAddress.Loopback, Assert.Single(world.Dialled));
    }

    [Fact]
    public async Task Receiver_ThatStalls_IsLeftAtTheDeadline()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawServer receiver = new((_, _, cancel) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, cancel);
        });

        Task<SendResult> sending = SendAsync(receiver.Url).AsTask();
        await asked.Task.WaitAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(new SendResult.Failed("no answer within 10 s", Retry: true), await sending);
    }

    [Fact]
    public async Task Receiver_ThatAcceptsAndThenStalls_HasTheMessage()
    {
        await using RawServer receiver = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8.ToArray(), cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        });

        Assert.Equal(SendResult.Done, await SendAsync(receiver.Url));
    }

    [Fact]
    public async Task Receiver_WithAnEndlessError_IsReadOnlyALittle()
    {
        await using RawServer receiver = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 500 X\r\n\r\n"u8.ToArray(), cancel);
            while (true)
                await stream.WriteAsync(new byte[4096], cancel);
        });

        Assert.Equal(new SendResult.Failed("HTTP 500", Retry: true), await SendAsync(receiver.Url));
    }

    [Theory]
    [InlineData("HTTP/1.1 500 ")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Endless: ")]
    [InlineData("")]
    public async Task Receiver_WithAnEndlessHead_IsLeftAndNotRepeatedInTheReason(string start)
    {
        await using RawServer receiver = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), cancel);
            while (true)
                await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 4096)), cancel);
        });

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await SendAsync(receiver.Url));

        Assert.True(failed.Retry);
        Assert.InRange(failed.Reason.Length, 1, 300);
        Assert.DoesNotContain("xxxx", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_ThatIsGone_IsTriedAgainAndItsUrlIsNotTold()
    {
        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(
            await SendAsync($"http://127.0.0.1:{TestChecks.ClosedPort()}/hook/geheim"));
        SendResult.Failed unknown = Assert.IsType<SendResult.Failed>(await SendAsync("http://nowhere.test/hook/geheim"));

        Assert.True(failed.Retry && unknown.Retry);
        Assert.DoesNotContain("geheim", failed.Reason + unknown.Reason, StringComparison.Ordinal);
    }

    private ValueTask<SendResult> SendAsync(string url, string secret = "") =>
        sender.SendAsync(TestAlerts.Webhook(url, secret), TestAlerts.Message(), Cancel);
}
