using System.Net;

namespace Uptrakit.Controller.Host;

/// <summary>The resolver of the machine.</summary>
internal sealed class SystemResolver : IResolver
{
    public string HostName => Dns.GetHostName();

    public async Task<string> FullNameAsync(string host, CancellationToken cancel) => (await Dns.GetHostEntryAsync(host, cancel)).HostName;
}
