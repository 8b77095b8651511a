using System.Net;
using System.Net.Sockets;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class TcpProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Port_ThatListens_IsWell()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();

        Assert.True((await world.Tcp.ProbeAsync(TestChecks.Tcp($"127.0.0.1:{server.Port}"), Cancel)).Ok);
    }

    [Fact]
    public async Task Port_OnIPv6_IsWell()
    {
        using TcpListener listener = new(IPAddress.IPv6Loopback, 0);
        listener.Start();
        using TargetResolver resolver = new(() => [], TimeProvider.System);
        TcpProbe probe = new(resolver, new AddressRace(TimeProvider.System), TimeProvider.System);

        Assert.True((await probe.ProbeAsync(TestChecks.Tcp($"[::1]:{((IPEndPoint)listener.LocalEndpoint).Port}"), Cancel)).Ok);
    }

    [Fact]
    public async Task Port_ThatIsClosed_Fails()
    {
        using TestWorld world = new();

        ProbeOutcome outcome = await world.Tcp.ProbeAsync(TestChecks.Tcp($"127.0.0.1:{TestChecks.ClosedPort()}"), Cancel);

        Assert.False(outcome.Ok);
        Assert.Contains("refused", outcome.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Address_ThatSwallows_IsLeftAtTheDeadline()
    {
        using TestWorld world = new();

        Assert.Equal("no answer within 0.1 s",
            (await world.Tcp.ProbeAsync(TestChecks.Tcp("198.51.100.1:80", timeoutMs: 100), Cancel)).Detail);
    }

    [Fact]
    public async Task Name_WhoseFirstAddressSwallows_IsReachedByTheSecond()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new();
        world.Name("two.test", "198.51.100.1", "203.0.113.9");

        Assert.True((await world.Tcp.ProbeAsync(TestChecks.Tcp($"two.test:{server.Port}"), Cancel)).Ok);
    }

    [Theory]
    [InlineData("PING\\r\\n", "+PONG", "PING\r\n", "+PO", "NG\r\n", true)]
    [InlineData("\\x00\\xfF\\\\\\t", "no", "\0\u00ff\\\t", "y", "es", false)]
    public async Task Conversation_WithSendAndExpect_Decides(
        string send, string expect, string sent, string first, string second, bool ok)
    {
        string heard = "";
        await using TalkServer server = new(async (stream, cancel) =>
        {
            byte[] bytes = new byte[sent.Length];
            await stream.ReadExactlyAsync(bytes, cancel);
            heard = System.Text.Encoding.Latin1.GetString(bytes);
            await TalkServer.SayAsync(stream, first, cancel);
            await TalkServer.SayAsync(stream, second, cancel);
        });
        using TestWorld world = new();
        Check check = TestChecks.Tcp(server.Place);
        check.Tcp = new TcpOptions { Send = send, Expect = expect };

        ProbeOutcome outcome = await world.Tcp.ProbeAsync(check, Cancel);

        Assert.Equal(ok, outcome.Ok);
        Assert.Equal(sent, heard);
    }

    [Fact]
    public async Task Server_ThatNeverStopsTalking_IsReadWithinABound()
    {
        await using TalkServer server = new(async (stream, cancel) =>
        {
            while (true)
                await stream.WriteAsync(new byte[4096], cancel);
        });
        using TestWorld world = new();
        Check check = TestChecks.Tcp(server.Place);
        check.Tcp = new TcpOptions { Expect = "never" };

        Assert.Equal("connected, but the answer does not hold the expected text", (await world.Tcp.ProbeAsync(check, Cancel)).Detail);
    }

    [Fact]
    public async Task Server_ThatSaysNothing_IsLeftAtTheDeadline()
    {
        await using TalkServer server = new((_, cancel) => Task.Delay(Timeout.Infinite, cancel));
        using TestWorld world = new();
        Check check = TestChecks.Tcp(server.Place, timeoutMs: 120);
        check.Tcp = new TcpOptions { Expect = "220" };

        Assert.Equal("no answer within 0.12 s", (await world.Tcp.ProbeAsync(check, Cancel)).Detail);
    }

    [Theory]
    [InlineData("\\q")]
    [InlineData("\\x1")]
    [InlineData("\\xzz")]
    [InlineData("end\\")]
    public async Task Send_WithAnUnknownEscape_Fails(string send)
    {
        using TestWorld world = new();
        Check check = TestChecks.Tcp("127.0.0.1:1");
        check.Tcp = new TcpOptions { Send = send };

        Assert.Contains("is not an escape", (await world.Tcp.ProbeAsync(check, Cancel)).Detail, StringComparison.Ordinal);
    }
}
