using System.Text;
using System.Text.Json;
using CsCheck;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts;

public sealed class DiscordSenderTests : IDisposable
{
    private readonly TestWorld world = new();
    private readonly DiscordSender sender;

    public DiscordSenderTests() => sender = new DiscordSender(TestAlerts.Kit(world, TimeProvider.System));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Message_WithHostileText_CallsNobody()
    {
        await using RawServer receiver = RawServer.Saying(204);
        OutboxEntry entry = TestAlerts.Entry();
        entry.CheckName = "x` @everyone **bold**";
        entry.Detail = "``` @here <@123> [click](https://evil.test/)\r\n# big";

        Assert.Equal(SendResult.Done, await sender.SendAsync(TestAlerts.Discord(receiver.Url), AlertMessage.Of(entry), Cancel));

        Assert.True(receiver.Requests.TryDequeue(out RawRequest? request));
        using JsonDocument body = JsonDocument.Parse(request.Body);
        Assert.Empty(body.RootElement.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray());
        string content = body.RootElement.GetProperty("content").GetString()!;
        Assert.Equal(content, DiscordText.Content(AlertMessage.Of(entry)));
        AssertHarmless(content);
        Assert.Contains("`x' @everyone **bold**`", content, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_OfAnyText_FitsAndStaysInItsCodeSpans() =>
        Gen.Select(Gen.String[0, 3000], Gen.String[0, 3000], Gen.String[0, 3000]).Sample((name, target, detail) =>
        {
            OutboxEntry entry = TestAlerts.Entry();
            (entry.CheckName, entry.Target, entry.Detail) = (name + "@everyone`", target + "`@here", detail + "`@here");
            string content = DiscordText.Content(AlertMessage.Of(entry));
            AssertHarmless(content);
            return content.Length <= DiscordText.Limit;
        });

    [Fact]
    public void Content_OfTheLongestText_IsNotCutInACodeSpan()
    {
        OutboxEntry entry = TestAlerts.Entry();
        string big = string.Concat(Enumerable.Repeat("🙂", 3000));
        (entry.CheckName, entry.Target, entry.Detail, entry.NodeId) = (big, big, big, big);

        string content = DiscordText.Content(AlertMessage.Of(entry));

        Assert.InRange(content.Length, 500, DiscordText.Limit);
        AssertHarmless(content);
        Assert.Equal(content, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(content)));
    }

    [Theory]
    [InlineData("{\"message\":\"slow down\",\"retry_after\":1.5,\"global\":false}", 1.5)]
    [InlineData("{\"retry_after\":1e300}", 300)]
    [InlineData("{\"retry_after\":\"soon\"}", 9)]
    [InlineData("[]", 9)]
    [InlineData("<html>", 9)]
    public async Task TooManyRequests_WithAWait_IsHonoured(string body, double seconds)
    {
        await using RawServer receiver = RawServer.Saying(429, body, "Retry-After: 9");

        SendResult result = await sender.SendAsync(TestAlerts.Discord(receiver.Url), TestAlerts.Message(), Cancel);

        Assert.Equal(new SendResult.Failed("HTTP 429", Retry: true, TimeSpan.FromSeconds(seconds)), result);
    }

    [Fact]
    public async Task Webhook_ThatWasDeleted_IsNotAskedAgain()
    {
        await using RawServer receiver = RawServer.Saying(404);

        Assert.False(Assert.IsType<SendResult.Failed>(
            await sender.SendAsync(TestAlerts.Discord(receiver.Url), TestAlerts.Message(), Cancel)).Retry);
    }

    // Outside of code spans only our own words are left.
    private static void AssertHarmless(string content)
    {
        string[] parts = content.Split('`');
        Assert.Equal(1, parts.Length % 2);
        Assert.All(parts.Where((_, i) => i % 2 == 0), outside =>
        {
            Assert.DoesNotContain('@', outside);
            Assert.DoesNotContain("http", outside, StringComparison.OrdinalIgnoreCase);
        });
    }
}
