using System.Diagnostics;
using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class HttpHostileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReasonPhrase_Of60Kilobytes_IsNotRead()
    {
        await using RawServer server = new((_, stream, cancel) =>
            stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 503 {new string('@', 60_000)}\r\n\r\n"), cancel).AsTask());
        using TestWorld world = new();

        Assert.Equal("HTTP 503, expected 2xx", (await ProbeAsync(world, server)).Detail);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 ", "z", "headers of the answer are longer than 64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X: y\r\n", "headers of the answer are longer than 64 KiB")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n", "only sends interim answers")]
    public async Task Head_ThatNeverEnds_Fails(string begin, string again, string words)
    {
        byte[] more = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again, 1000)));
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), cancel);
            while (true)
                await stream.WriteAsync(more, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server);

        Assert.False(outcome.Ok);
        Assert.Contains(words, outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 20x OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 -20 OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "not HTTP")]
    [InlineData("\r\n\r\n", "not HTTP")]
    [InlineData("", "closed without an answer")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "closed within the headers")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "Content-Length that makes no sense")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length that makes no sense")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "Content-Length that makes no sense")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "closed within the body")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "badly chunked")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "badly chunked")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "badly chunked")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "closed within the body")]
    public async Task Answer_ThatIsMalformed_FailsInWords(string answer, string words)
    {
        await using RawServer server = new((_, stream, cancel) => stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel).AsTask());
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, match: "not there");

        Assert.False(outcome.Ok);
        Assert.Contains(words, outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChunkLine_ThatNeverEnds_Fails()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"u8.ToArray(), cancel);
            while (true)
                await stream.WriteAsync(new byte[4096], cancel);
        });
        using TestWorld world = new();

        Assert.Contains("badly chunked", (await ProbeAsync(world, server, match: "x")).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "not JSON")]
    [InlineData("{\"a\":", "not JSON")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "longer than 64 KiB")]
    [InlineData("11111111111111111111111111111111111111111111111111", "longer than 64 KiB")]
    [InlineData("                                                  ", "longer than 1 MiB")]
    public async Task Json_ThatIsABomb_FailsWithoutBeingHeld(string piece, string words)
    {
        byte[] more = Encoding.ASCII.GetBytes(piece[0] == '"' ? "\"" + new string('a', 60_000) : string.Concat(Enumerable.Repeat(piece, 1000)));
        byte[] rest = piece[0] == '"' ? [.. more.Skip(1)] : more;
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancel);
            await stream.WriteAsync(more, cancel);
            while (true)
                await stream.WriteAsync(rest, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, json: ("$.a", "exists", ""));

        Assert.False(outcome.Ok);
        Assert.Contains(words, outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pattern_ThatExplodesElsewhere_EndsAtOnce()
    {
        await using RawServer server = RawServer.Saying(200, "{\"a\":\"" + new string('a', 50_000) + "!\"}");
        using TestWorld world = new();
        long start = Stopwatch.GetTimestamp();

        ProbeOutcome outcome = await ProbeAsync(world, server, json: ("$.a", "matches", "^(a+)+$"));

        Assert.False(outcome.Ok);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(")]
    public async Task Pattern_ThatCannotBeMatchedInLinearTime_IsRefused(string pattern)
    {
        await using RawServer server = RawServer.Saying(200, "{}");
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server, json: ("$.a", "matches", pattern));

        Assert.StartsWith("the pattern", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("http://xn--\u00fc\u00fc\uffff/")]
    [InlineData("http:///")]
    [InlineData("//[::1")]
    [InlineData("http://a b/")]
    [InlineData("http://%00/")]
    [InlineData("javascript:alert(1)")]
    public async Task Location_ThatIsNonsense_Fails(string place)
    {
        await using RawServer server = RawServer.Saying(302, "", $"Location: {place}");
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server);

        Assert.False(outcome.Ok);
        Assert.InRange(outcome.Detail.Length, 1, PlainText.DetailLimit);
    }

    [Fact]
    public async Task Location_OfManyKilobytes_FailsInWords()
    {
        await using RawServer server = RawServer.Saying(302, "", $"Location: /{new string('a', 9000)}");
        using TestWorld world = new();

        Assert.Contains("a Location of more than 8 KiB", (await ProbeAsync(world, server)).Detail, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Headers_ThatDrip_AreLeftAtTheDeadline()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
            while (true)
            {
                await stream.WriteAsync("X: y\r\n"u8.ToArray(), cancel);
                await Task.Delay(10, cancel);
            }
        });
        using TestWorld world = new();

        Assert.Equal("no answer within 0.15 s", (await world.Http.ProbeAsync(TestChecks.Http(server.Url, timeoutMs: 150), Cancel)).Detail);
    }

    private static async Task<ProbeOutcome> ProbeAsync(
        TestWorld world, RawServer server, string match = "", (string Path, string Op, string Value)? json = null)
    {
        Check check = TestChecks.Http(server.Url, match: match);
        if (json is var (path, op, value))
            check.Http = new HttpOptions { Json = { new JsonCondition { Path = path, Op = op, Value = value } } };
        return await world.Http.ProbeAsync(check, Cancel);
    }
}
