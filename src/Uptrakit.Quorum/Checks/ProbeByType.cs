using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Checks.Echo;
using Uptrakit.Quorum.Checks.Lookups;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.Checks.Tls;
using Uptrakit.Quorum.Checks.Web;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Hands each check to the probe for its type.</summary>
internal sealed class ProbeByType : IProbe, IDisposable
{
    private readonly TargetResolver resolver;
    private readonly HttpProbe http;
    private readonly TcpProbe tcp;
    private readonly IcmpProbe icmp;
    private readonly TlsProbe tls;
    private readonly DnsProbe dns;
    private readonly PushProbe push;

    /// <param name="secrets">Null: in clear, from files, from the environment.</param>
    /// <param name="beats">Null: push checks never hear of a beat.</param>
    /// <param name="roots">Trusted instead of the system's roots, for tests.</param>
    internal ProbeByType(
        Func<IReadOnlyList<string>> clusterResolvers, TimeProvider clock, ISecrets? secrets = null, PushBook? beats = null,
        X509Certificate2Collection? roots = null)
    {
        AddressRace race = new(clock);
        TargetTls targetTls = new(roots);
        resolver = new TargetResolver(clusterResolvers, clock);
        http = new HttpProbe(resolver, race, targetTls, secrets ?? new NodeSecrets(), clock);
        tcp = new TcpProbe(resolver, race, clock);
        icmp = new IcmpProbe(resolver, clock);
        tls = new TlsProbe(resolver, race, targetTls, clock);
        dns = new DnsProbe(resolver, new HostServers(clock), clock);
        push = new PushProbe(beats ?? new PushBook(static _ => null, clock));
    }

    public ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel) => check.Type switch
    {
        CheckType.Http => http.ProbeAsync(check, cancel),
        CheckType.Tcp => tcp.ProbeAsync(check, cancel),
        CheckType.Icmp => icmp.ProbeAsync(check, cancel),
        CheckType.Tls => tls.ProbeAsync(check, cancel),
        CheckType.Dns => dns.ProbeAsync(check, cancel),
        CheckType.Push => push.ProbeAsync(check, cancel),
        _ => ValueTask.FromResult(new ProbeOutcome(ProbeLevel.Silent, TimeSpan.Zero, "this version cannot probe this type of check")),
    };

    /// <summary>Whether this version can probe the type. A node of a newer version may have added another one to the state;
    /// a node that cannot look says nothing, because "not seen" is not "down".</summary>
    internal static bool Knows(CheckType type) =>
        type is CheckType.Http or CheckType.Tcp or CheckType.Icmp or CheckType.Tls or CheckType.Dns or CheckType.Push;

    public void Dispose() => resolver.Dispose();
}
