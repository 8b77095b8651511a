using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Checks.Tls;
using Uptrakit.Quorum.Checks.Web;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

/// <summary>Checks and probes for tests.</summary>
internal static class TestChecks
{
    internal static Check Http(string url, int expect = 0, string match = "", int timeoutMs = 30_000) => new()
    {
        Id = "c-000000000001",
        Name = "web",
        Type = CheckType.Http,
        Enabled = true,
        Target = url,
        IntervalMs = 30_000,
        TimeoutMs = timeoutMs,
        ExpectStatus = expect,
        BodyMatch = match,
    };

    internal static Check Tcp(string target, int timeoutMs = 30_000)
    {
        Check check = Http(target, timeoutMs: timeoutMs);
        check.Type = CheckType.Tcp;
        return check;
    }

    internal static Check Of(CheckType type, string target, int timeoutMs = 30_000)
    {
        Check check = Http(target, timeoutMs: timeoutMs);
        check.Type = type;
        return check;
    }

    /// <summary>A port that nobody listens on.</summary>
    internal static int ClosedPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A whole HTTP probe, with a small world of names and addresses around it.</summary>
/// <remarks>Addresses of the documentation ranges lead to loopback: so a test can be somewhere else without leaving the machine.</remarks>
internal sealed class TestWorld : IDisposable
{
    private readonly Dictionary<string, IPAddress[]> names = [];
    private readonly TargetResolver resolver;
    private readonly FreshHttp http;

    internal TestWorld(IReadOnlyList<string>? resolvers = null, X509Certificate2Collection? roots = null, ISecrets? secrets = null)
    {
        Race = new AddressRace(TimeProvider.System, DialAsync);
        resolver = new TargetResolver(() => resolvers ?? [], TimeProvider.System, Look);
        http = new FreshHttp(Race, roots);
        Http = new HttpProbe(resolver, Race, new TargetTls(roots), secrets ?? new NodeSecrets(), TimeProvider.System);
        Tcp = new TcpProbe(resolver, Race, TimeProvider.System);
        Tls = new TlsProbe(resolver, Race, new TargetTls(roots), TimeProvider.System);
    }

    internal AddressRace Race { get; }

    internal TargetResolver Resolver => resolver;

    internal FreshHttp Fresh => http;

    internal HttpProbe Http { get; }

    internal TcpProbe Tcp { get; }

    internal TlsProbe Tls { get; }

    /// <summary>What was dialled, in order.</summary>
    internal System.Collections.Concurrent.ConcurrentQueue<IPAddress> Dialled { get; } = new();

    internal TestWorld Name(string name, params string[] addresses)
    {
        names[name] = [.. addresses.Select(IPAddress.Parse)];
        return this;
    }

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }

    private IPAddress[] Look(string host) =>
        names.TryGetValue(host, out IPAddress[]? found) ? found : throw new SocketException((int)SocketError.HostNotFound);

    private async ValueTask<Socket> DialAsync(IPEndPoint address, CancellationToken cancel)
    {
        Dialled.Enqueue(address.Address);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // 198.51.100.0/24 swallows what it gets, as a dropped packet does.
            if (address.Address.ToString().StartsWith("198.51.100.", StringComparison.Ordinal))
                await Task.Delay(Timeout.Infinite, cancel);
            bool here = address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(address.Address);
            await socket.ConnectAsync(here ? address.Address : IPAddress.Loopback, address.Port, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
