using System.Net;
using System.Net.Sockets;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Host;

/// <summary>The names in our own server certificate: those of <c>--san</c>, else what this host was called at the first start.</summary>
/// <remarks>
/// Without <c>--san</c> a name that the certificate has is never taken away, because Services dial it: at a later start the resolver
/// may be down, or slower than we wait. What the host is called now is added.
/// </remarks>
internal sealed class HostNames(ServeOptions options, IResolver resolver, TimeProvider clock, ILogger<HostNames> logger)
{
    internal static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(2);
    private IReadOnlyList<string> chosen = options.Names;

    /// <summary>Reads what the certificate has, and asks the resolver what the host is called, once.</summary>
    public async Task LookUpAsync(CancellationToken cancel)
    {
        if (options.Names.Count > 0 || options.ServerFiles is not null)
            return;
        IReadOnlyList<string> kept = ServerLeafFile.NamesIn(options.StateFolder);
        string host = resolver.HostName;
        string? full = await FullNameAsync(host, cancel);
        List<string> names = [.. new[] { options.PublicAddress?.Host }.Concat(kept).Concat([host, full, "localhost"]).OfType<string>()];
        if (IPAddress.IsLoopback(options.Https.Address))
            names.AddRange([IPAddress.Loopback.ToString(), IPAddress.IPv6Loopback.ToString()]);
        // What a host is called need not be a name that a certificate can have. A host that is called otherwise at each start, as
        // containers are, fills the certificate up: then what is new is left out.
        chosen = [.. names.Where(static name => ServerNames.TryParse([name], out _, out _))
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(ServerNames.Most)];
        if (full is null && kept.Count == 0)
            logger.FullNameNotFound(host, string.Join(", ", chosen));
    }

    public string? Read(out ServerNames? names) => ServerNames.TryParse(chosen, out names, out string? fault) ? null : $"--san: {fault}";

    private async Task<string?> FullNameAsync(string host, CancellationToken cancel)
    {
        using CancellationTokenSource limit = new(LookUpTime, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await resolver.FullNameAsync(host, either.Token);
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException
            || (unknown is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
