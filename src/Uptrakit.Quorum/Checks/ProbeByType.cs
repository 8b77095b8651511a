using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Hands each check to the probe for its type.</summary>
internal sealed class ProbeByType : IProbe, IDisposable
{
    private readonly TargetResolver resolver;
    private readonly FreshHttp http;
    private readonly HttpProbe httpProbe;
    private readonly TcpProbe tcpProbe;

    internal ProbeByType(Func<IReadOnlyList<string>> clusterResolvers, TimeProvider clock)
    {
        AddressRace race = new(clock);
        resolver = new TargetResolver(clusterResolvers, clock);
        http = new FreshHttp(race);
        httpProbe = new HttpProbe(resolver, http, clock);
        tcpProbe = new TcpProbe(resolver, race, clock);
    }

    public ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel) => check.Type switch
    {
        CheckType.Http => httpProbe.ProbeAsync(check, cancel),
        CheckType.Tcp => tcpProbe.ProbeAsync(check, cancel),
        _ => ValueTask.FromResult(new ProbeOutcome(false, TimeSpan.Zero, "this version cannot probe this type of check")),
    };

    /// <summary>Whether this version can probe the type. A node of a newer version may have added another one to the state;
    /// a node that cannot look says nothing, because "not seen" is not "down".</summary>
    internal static bool Knows(CheckType type) => type is CheckType.Http or CheckType.Tcp;

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }
}
