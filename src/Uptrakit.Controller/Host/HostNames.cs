using System.Net;
using System.Net.Sockets;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Host;

/// <summary>The names in our own server certificate: those of <c>--san</c>, else what this host is called.</summary>
internal sealed class HostNames(ServeOptions options)
{
    private static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(2);
    private IReadOnlyList<string> found = options.Names;

    /// <summary>Asks the resolver what the host is called, once.</summary>
    public async Task LookUpAsync(CancellationToken cancel)
    {
        if (options.Names.Count > 0)
            return;
        string host = Dns.GetHostName();
        List<string> names = [.. new[] { options.PublicAddress?.Host, host, await FullNameAsync(host, cancel), "localhost" }.OfType<string>()];
        if (IPAddress.IsLoopback(options.Https.Address))
            names.AddRange([IPAddress.Loopback.ToString(), IPAddress.IPv6Loopback.ToString()]);
        // What a host is called need not be a name that a certificate can have.
        found = [.. names.Where(static name => ServerNames.TryParse([name], out _, out _)).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    public string? Read(out ServerNames? names) => ServerNames.TryParse(found, out names, out string? fault) ? null : $"--san: {fault}";

    private static async Task<string?> FullNameAsync(string host, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(LookUpTime);
        try
        {
            return (await Dns.GetHostEntryAsync(host, limit.Token)).HostName;
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException
            || (unknown is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
