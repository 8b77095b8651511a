using System.Net;
using System.Net.Sockets;
using Uptrakit.Quorum.Checks;

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
}
