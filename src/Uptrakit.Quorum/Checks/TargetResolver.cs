using System.Diagnostics.CodeAnalysis;
using System.Net;
using Uptrakit.Quorum.Checks.Lookups;

namespace Uptrakit.Quorum.Checks;

/// <summary>Turns a host of a target into addresses: literal, by the check's resolvers, the cluster's, or the host's.</summary>
/// <param name="clusterResolvers">Asked at each look-up: a change takes effect at once.</param>
/// <param name="lookup">In place of the host's own resolver, for tests.</param>
internal sealed class TargetResolver(
    Func<IReadOnlyList<string>> clusterResolvers, TimeProvider clock, Func<string, IPAddress[]>? lookup = null) : IDisposable
{
    private const int DnsPort = 53;

    private readonly HostLookups hostLookups = new(lookup);
    private readonly DnsFailover failover = new(clock);

    /// <param name="own">The resolvers of the check itself, in fail-over order; empty means the cluster's.</param>
    /// <param name="budget">How long the look-up may take in all.</param>
    internal async ValueTask<Resolution> ResolveAsync(
        string host, IReadOnlyList<string> own, TimeSpan budget, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return Resolution.Of([literal]);

        IReadOnlyList<string> configured = Configured(own);
        if (configured.Count == 0)
            return await hostLookups.ResolveAsync(host, cancel);

        List<IPEndPoint> servers = Servers(configured);
        return servers.Count == 0
            ? Resolution.Failed("none of the configured resolvers is an address")
            : await failover.ResolveAsync(host, servers, budget, cancel);
    }

    /// <summary>The resolvers that are to be asked for a check; none means this machine's.</summary>
    internal IReadOnlyList<string> Configured(IReadOnlyList<string> own) => own.Count > 0 ? own : clusterResolvers();

    /// <summary>Those that are addresses, in their order.</summary>
    internal static List<IPEndPoint> Servers(IReadOnlyList<string> configured)
    {
        List<IPEndPoint> servers = [];
        foreach (string text in configured)
            if (TryParseServer(text, out IPEndPoint? server))
                servers.Add(server);
        return servers;
    }

    /// <summary>Reads "address" or "address:port"; an IPv6 address with a port is in brackets.</summary>
    internal static bool TryParseServer(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        if (!IPEndPoint.TryParse(text, out server))
            return false;
        if (server.Port == 0)
            server.Port = DnsPort;
        return true;
    }

    public void Dispose() => hostLookups.Dispose();
}
