using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Settings;

/// <summary>host:port as operators write it.</summary>
internal static class HostPort
{
    /// <summary>Reads <c>host[:port]</c>; an IPv6 address stands in brackets when a port follows.</summary>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out TokenAddress? address)
    {
        address = null;
        string host = text.Trim();
        int port = defaultPort;
        int colon = host.LastIndexOf(':');
        if (colon > 0 && (host[colon - 1] == ']' || host.IndexOf(':', StringComparison.Ordinal) == colon))
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
                return false;
            host = host[..colon];
        }

        if (host is ['[', .., ']'])
            host = host[1..^1];
        if (port is < 1 or > 65535 || Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
            return false;
        address = new TokenAddress(host, port);
        return true;
    }

    public static string Text(TokenAddress address) => address.Host.Contains(':', StringComparison.Ordinal)
        ? $"[{address.Host}]:{address.Port}"
        : $"{address.Host}:{address.Port}";
}
