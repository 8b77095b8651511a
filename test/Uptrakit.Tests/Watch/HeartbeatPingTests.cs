using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Watch;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Watch;

/// <summary>A URL that is asked while the node is well, so that somebody notices when it is not.</summary>
public sealed class HeartbeatPingTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider clock = new();
    private readonly CollectingLogger<HeartbeatPing> log = new();
    private bool well = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ping_WhileWell_AsksOnceAMinuteAndSaysSoOnce()
    {
        await using RawServer server = RawServer.Saying(200);
        using ProbeByType probe = new(static () => [], TimeProvider.System);
        HeartbeatPing ping = Ping(server.Url + "beat", probe);

        await RunAsync(ping, seconds: 181);

        Assert.Equal(4, server.Requests.Count);
        Assert.All(server.Requests, static request => Assert.StartsWith("GET /beat ", request.Head, StringComparison.Ordinal));
        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task Ping_WithoutQuorum_IsSilentAndBeginsAtOnceWhenItIsBack()
    {
        await using RawServer server = RawServer.Saying(200);
        using ProbeByType probe = new(static () => [], TimeProvider.System);
        HeartbeatPing ping = Ping(server.Url, probe);
        well = false;
        await RunAsync(ping, seconds: 300);
        Assert.Empty(server.Requests);

        well = true;
        await RunAsync(ping, seconds: 1);

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Ping_ThatIsNotTaken_IsLoggedOnceUntilItIsAndWithoutTheUrl()
    {
        int status = 500;
        await using RawServer server = new((_, stream, cancel) => RawServer.ReplyAsync(stream, status, "", [], cancel));
        using ProbeByType probe = new(static () => [], TimeProvider.System);
        HeartbeatPing ping = Ping(server.Url + "hush-hush-3141", probe);

        await RunAsync(ping, seconds: 300);
        Assert.StartsWith("1904 ", Assert.Single(log.Lines), StringComparison.Ordinal);
        status = 200;
        await RunAsync(ping, seconds: 300);

        Assert.Equal(["1904", "1905"], log.Lines.Select(static line => line[..4]));
        Assert.DoesNotContain(log.Lines, static line => line.Contains("hush-hush", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ping_RedirectFromOutsideToThisMachine_IsNotFollowed()
    {
        await using RawServer inner = RawServer.Saying(200);
        await using RawServer outer = RawServer.Saying(302, "", $"Location: http://127.0.0.1:{inner.Port}/admin");
        using TestWorld world = new();
        world.Name("outer.test", "203.0.113.7");
        HeartbeatPing ping = Ping($"http://outer.test:{outer.Port}/", world.Http);

        await RunAsync(ping, seconds: 1);

        Assert.Equal(0, inner.Connections);
        Assert.Contains("refused to follow", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_UrlInAFile_IsReadEachTime()
    {
        await using RawServer server = RawServer.Saying(200);
        using ProbeByType probe = new(static () => [], TimeProvider.System);
        string folder = Directory.CreateTempSubdirectory("uptrakit-").FullName;
        string file = Path.Combine(folder, "beat.url");
        try
        {
            HeartbeatPing ping = Ping("file:" + file, probe, new NodeSecrets(folder));
            await RunAsync(ping, seconds: 60);
            Assert.Empty(server.Requests);

            await File.WriteAllTextAsync(file, server.Url + "from-file\n", Cancel);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await RunAsync(ping, seconds: 60);

            Assert.Equal("/from-file", Assert.Single(server.Requests).Path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private HeartbeatPing Ping(string url, IProbe probe, ISecrets? secrets = null) =>
        new(url, Minute, probe, secrets ?? new NodeSecrets(), () => well, clock, log);

    private async Task RunAsync(HeartbeatPing ping, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            await ping.LookAsync(Cancel);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
