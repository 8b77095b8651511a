using System.Net;
using System.Text;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Tests.Checks;

public sealed class HttpProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 0, true)]
    [InlineData(204, 0, true)]
    [InlineData(404, 0, false)]
    [InlineData(503, 0, false)]
    [InlineData(404, 404, true)]
    [InlineData(200, 204, false)]
    public async Task Status_AgainstWhatIsExpected_Decides(int status, int expected, bool ok)
    {
        await using RawServer server = RawServer.Saying(status);
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url, expected), Cancel);

        Assert.Equal(ok, outcome.Ok);
        Assert.Contains($"HTTP {status}", outcome.Detail, StringComparison.Ordinal);
        Assert.True(server.Requests.TryPeek(out RawRequest? request));
        Assert.Equal("uptrakit-qu", request.Header("User-Agent"));
    }

    [Theory]
    [InlineData("welcome", true)]
    [InlineData("Welcome", false)]
    [InlineData("größe", true)]
    public async Task Body_AgainstTheExpectedText_Decides(string text, bool ok)
    {
        await using RawServer server = RawServer.Saying(200, "… welcome, größe …");
        using TestWorld world = new();

        Assert.Equal(ok, (await world.Http.ProbeAsync(TestChecks.Http(server.Url, match: text), Cancel)).Ok);
    }

    [Fact]
    public async Task Body_WithoutExpectedText_IsNotWaitedFor()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"u8.ToArray(), cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        });
        using TestWorld world = new();

        Assert.True((await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel)).Ok);
    }

    [Fact]
    public async Task Body_ThatNeverEnds_IsReadOneMebibyte()
    {
        long sent = 0;
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);
            byte[] chunk = new byte[16 * 1024];
            while (true)
            {
                await stream.WriteAsync(chunk, cancel);
                sent += chunk.Length;
            }
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url, match: "never"), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("does not hold", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")]
    [InlineData("")]
    public async Task Server_ThatStalls_IsLeftAtTheDeadline(string beginning)
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url, timeoutMs: 150), Cancel);

        Assert.False(outcome.Ok);
        Assert.Equal("no answer within 0.15 s", outcome.Detail);
    }

    [Fact]
    public async Task Server_ThatDripsItsBody_IsLeftAtTheDeadline()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancel);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), cancel);
                await Task.Delay(10, cancel);
            }
        });
        using TestWorld world = new();

        Assert.Equal("no answer within 0.15 s",
            (await world.Http.ProbeAsync(TestChecks.Http(server.Url, match: "y", timeoutMs: 150), Cancel)).Detail);
    }

    [Fact]
    public async Task Headers_BeyondTheBound_Fail()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
            byte[] line = Encoding.ASCII.GetBytes($"X-Big: {new string('a', 1000)}\r\n");
            while (true)
                await stream.WriteAsync(line, cancel);
        });
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("header", outcome.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Answer_ThatIsNotHttp_FailsInOneCleanLine()
    {
        await using RawServer server = new(async (_, stream, cancel) =>
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"\u001b[31mSSH-2.0 \r {new string('z', 600)}\r\n"), cancel));
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(TestChecks.Http(server.Url), Cancel);

        Assert.False(outcome.Ok);
        Assert.InRange(outcome.Detail.Length, 1, PlainText.DetailLimit);
        Assert.DoesNotContain(outcome.Detail, char.IsControl);
    }

    [Fact]
    public async Task Port_ThatIsClosed_IsRefused()
    {
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Http.ProbeAsync(
            TestChecks.Http($"http://user:geheim@127.0.0.1:{TestChecks.ClosedPort()}/?key=geheim"), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("refused", outcome.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("geheim", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nonsense")]
    public async Task Target_ThatIsNoWebAddress_Fails(string target)
    {
        using TestWorld world = new();

        Assert.False((await world.Http.ProbeAsync(TestChecks.Http(target), Cancel)).Ok);
    }

    [Fact]
    public async Task Probe_CancelledByItsCaller_Throws()
    {
        await using RawServer server = new((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        using TestWorld world = new();
        using CancellationTokenSource caller = new();

        Task<ProbeOutcome> probe = world.Http.ProbeAsync(TestChecks.Http(server.Url), caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Fact]
    public async Task Descriptors_AfterTwoThousandProbes_AreAsFewAsBefore()
    {
        await using RawServer good = RawServer.Saying(200, new string('x', 4000));
        await using RawServer stalling = new((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        using TestWorld world = new();
        await ProbeManyAsync(world, good.Url, stalling.Url, 50);

        int before = Directory.GetFiles("/proc/self/fd").Length;
        await ProbeManyAsync(world, good.Url, stalling.Url, 2000);

        Assert.Equal(47 + 1900, good.Connections);
        // The server's side of a connection closes a moment later, and other tests run beside this one.
        await Poll.UntilAsync(() => Directory.GetFiles("/proc/self/fd").Length < before + 200);
    }

    private static Task ProbeManyAsync(TestWorld world, string good, string stalling, int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancel },
            async (i, cancel) =>
            {
                bool stalls = i % 20 == 0;
                ProbeOutcome outcome = await world.Http.ProbeAsync(
                    TestChecks.Http(stalls ? stalling : good, timeoutMs: stalls ? 50 : 30_000), cancel);
                Assert.Equal(!stalls, outcome.Ok);
            });
}
