using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks;

/// <summary>"host:port", where an IPv6 address is in brackets.</summary>
internal sealed record HostPort
{
    private HostPort(string host, int port) => (Host, Port) = (host, port);

    /// <summary>A name or an address, without brackets.</summary>
    internal string Host { get; }

    internal int Port { get; }

    internal static bool TryParse(string? text, [NotNullWhen(true)] out HostPort? parsed)
    {
        parsed = null;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon < 1
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > ushort.MaxValue)
            return false;

        string host = text[..colon];
        if (host.StartsWith('[') || host.Contains(':'))
        {
            // Without brackets "::1:80" could be an address with or without a port.
            if (!host.StartsWith('[') || !host.EndsWith(']')
                || !IPAddress.TryParse(host[1..^1], out IPAddress? address)
                || address.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
            host = host[1..^1];
        }
        else if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        parsed = new HostPort(host, port);
        return true;
    }
}
