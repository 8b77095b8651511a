using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Checks;

public sealed class HttpOptionsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WithMethodHeadersAndBody_IsSentAsWritten()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();
        HttpOptions options = new() { Method = "post", Body = "{\"größe\":1}" };
        options.Headers.Add(new HttpHeader { Name = "X-Key", Value = Clear("abc") });
        options.Headers.Add(new HttpHeader { Name = "host", Value = Clear("virtual.test") });
        options.Headers.Add(new HttpHeader { Name = "User-Agent", Value = Clear("mine") });

        ProbeOutcome outcome = await ProbeAsync(world, server.Url + "a/b?c=d#e", options);

        Assert.True(outcome.Ok, outcome.Detail);
        Assert.True(server.Requests.TryPeek(out RawRequest? request));
        Assert.StartsWith("POST /a/b?c=d HTTP/1.1\r\n", request.Head, StringComparison.Ordinal);
        Assert.Equal("abc", request.Header("X-Key"));
        Assert.Equal("virtual.test", request.Header("Host"));
        Assert.Equal("mine", request.Header("User-Agent"));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal("close", request.Header("Connection"));
        Assert.Equal(options.Body, Encoding.UTF8.GetString(request.Body));
    }

    [Theory]
    [InlineData("tom", "pass:wörd", "", "Basic dG9tOnBhc3M6d8O2cmQ=")]
    [InlineData("", "", "token", "Bearer token")]
    public async Task Authorization_BasicAndBearer_AreSent(string user, string password, string bearer, string expected)
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();

        await ProbeAsync(world, server.Url, new HttpOptions { User = user, Password = Clear(password), Bearer = Clear(bearer) });

        Assert.True(server.Requests.TryPeek(out RawRequest? request));
        Assert.Equal(expected, request.Header("Authorization"));
    }

    [Fact]
    public async Task Secret_InAFile_IsReadForEachProbe()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();
        using ScratchFolder folder = new();
        WriteSecret(folder["token"], "first\n");
        HttpOptions options = new() { Bearer = Clear($"file:{folder["token"]}") };
        Check check = TestChecks.Http(server.Url);
        check.Http = options;

        await world.Http.ProbeAsync(check, Cancel);
        WriteSecret(folder["token"], "second");
        await world.Http.ProbeAsync(check, Cancel);

        Assert.Equal(["Bearer first", "Bearer second"], server.Requests.Select(r => r.Header("Authorization")));
    }

    [Fact]
    public async Task Secret_WithALineBreakInside_IsNotSentAndNotTold()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server.Url, new HttpOptions { Bearer = Clear("geheim\r\nX-Evil: 1") });

        Assert.False(outcome.Ok);
        Assert.Contains("Authorization", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("CONNECT", "X-A", "CONNECT")]
    [InlineData("GET /evil", "X-A", "method")]
    [InlineData("GET", "X A", "not the name of a header")]
    [InlineData("GET", "Content-Length", "cannot be set")]
    [InlineData("GET", "transfer-encoding", "cannot be set")]
    public async Task Options_ThatWouldBreakTheRequest_Fail(string method, string header, string word)
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();
        HttpOptions options = new() { Method = method };
        options.Headers.Add(new HttpHeader { Name = header, Value = Clear("1") });

        ProbeOutcome outcome = await ProbeAsync(world, server.Url, options);

        Assert.False(outcome.Ok);
        Assert.Contains(word, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData(201, true)]
    [InlineData(404, true)]
    [InlineData(302, true)]
    [InlineData(200, false)]
    public async Task Status_AgainstRanges_Decides(int status, bool ok)
    {
        await using RawServer server = RawServer.Saying(status, "", "Location: /next");
        using TestWorld world = new();
        HttpOptions options = new();
        options.Expect.Add(new StatusRange { From = 201, To = 204 });
        options.Expect.Add(new StatusRange { From = 302, To = 302 });
        options.Expect.Add(new StatusRange { From = 404 });

        ProbeOutcome outcome = await ProbeAsync(world, server.Url, options);

        Assert.Equal(ok, outcome.Ok);
        Assert.Equal(1, server.Connections);
        if (!ok)
            Assert.Equal("HTTP 200, expected 201-204, 302, 404", outcome.Detail);
    }

    [Theory]
    [InlineData("fatal error", false)]
    [InlineData("all fine", true)]
    public async Task Body_ThatMustNotHoldAText_Decides(string body, bool ok)
    {
        // The text lies across two packets and far behind the beginning.
        await using RawServer server = RawServer.Saying(200, new string('x', 40_000) + body);
        using TestWorld world = new();
        Check check = TestChecks.Http(server.Url, match: "xx");
        check.Http = new HttpOptions { BodyNotMatch = "fatal" };

        Assert.Equal(ok, (await world.Http.ProbeAsync(check, Cancel)).Ok);
    }

    [Theory]
    [InlineData(0, 60_000, nameof(ProbeLevel.Ok))]
    [InlineData(20, 0, nameof(ProbeLevel.Warn))]
    [InlineData(10, 20, nameof(ProbeLevel.Failed))]
    public async Task Answer_ThatIsSlow_WarnsAndThenFails(long slow, long tooSlow, string level)
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await Task.Delay(60, cancel);
            await RawServer.ReplyAsync(stream, 200, "", [], cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await ProbeAsync(world, server.Url, new HttpOptions { SlowMs = slow, TooSlowMs = tooSlow });

        Assert.Equal(level, outcome.Level.ToString());
        Assert.Equal(level != nameof(ProbeLevel.Failed), outcome.Ok);
        Assert.Equal(level != nameof(ProbeLevel.Ok), outcome.Detail.Contains("it took", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Head_WithALengthButNoBody_IsNotWaitedFor()
    {
        await using RawServer server = new((_, stream, cancel) =>
            stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"u8.ToArray(), cancel).AsTask());
        using TestWorld world = new();
        HttpOptions options = new() { Method = "HEAD", BodyNotMatch = "x" };

        Assert.True((await ProbeAsync(world, server.Url, options)).Ok);
    }

    [Theory]
    [InlineData("==", "ok", true)]
    [InlineData("!=", "ok", false)]
    public async Task Json_ChunkedInSmallPieces_IsJudged(string op, string value, bool ok)
    {
        byte[] body = Encoding.UTF8.GetBytes("\uFEFF{\"nodes\":[{\"state\":\"\\u006fk\"},{\"state\":\"ok\"}]}");
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"u8.ToArray(), cancel);
            foreach (byte[] piece in body.Chunk(3))
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{piece.Length:x};ext=1\r\n"), .. piece, (byte)'\r', (byte)'\n'], cancel);
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), cancel);
        });
        using TestWorld world = new();
        HttpOptions options = new();
        options.Json.Add(new JsonCondition { Path = "$.nodes[*].state", Op = op, Value = value });

        ProbeOutcome outcome = await ProbeAsync(world, server.Url, options);

        Assert.Equal(ok, outcome.Ok);
        Assert.Equal(ok ? "HTTP 200, JSON matches" : "HTTP 200, but $.nodes[*].state is 'ok', expected != ok", outcome.Detail);
    }

    private static Secret Clear(string text) => new() { Text = text };

    private static void WriteSecret(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<ProbeOutcome> ProbeAsync(TestWorld world, string url, HttpOptions options)
    {
        Check check = TestChecks.Http(url);
        check.Http = options;
        return await world.Http.ProbeAsync(check, Cancel);
    }
}
