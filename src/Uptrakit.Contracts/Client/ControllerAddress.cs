using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Uptrakit.Contracts.Client;

/// <summary>Where a Controller is reached.</summary>
public sealed record ControllerAddress
{
    /// <summary>The port of a Controller that is not told otherwise.</summary>
    public const int DefaultPort = 8443;

    private ControllerAddress(string host, int port) => (Host, Port) = (host, port);

    /// <summary>Host name or address; IPv6 without brackets.</summary>
    public string Host { get; }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>The root of its addresses.</summary>
    public Uri Base => new($"https://{this}/");

    /// <summary>Reads an address.</summary>
    /// <param name="text">https://host[:port] or host[:port].</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="fault">Why not.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ControllerAddress? address, out string? fault)
    {
        address = null;
        fault = $"'{text}' is not the address of a Controller, such as https://host:8443";
        string rest = text ?? "";
        if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            rest = rest["https://".Length..];
        rest = rest.TrimEnd('/');
        int port = DefaultPort;
        int colon = rest.LastIndexOf(':');
        if (colon >= 0 && !rest.EndsWith(']') && rest.IndexOf(':', StringComparison.Ordinal) == colon | rest.StartsWith('['))
        {
            if (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535)
                return false;
            rest = rest[..colon];
        }
        string host = rest.Trim('[', ']').ToLowerInvariant();
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
            return false;
        address = new ControllerAddress(host, port);
        fault = null;
        return true;
    }

    /// <summary>The canonical text.</summary>
    /// <returns>host:port.</returns>
    public override string ToString() =>
        $"{(IPAddress.TryParse(Host, out IPAddress? ip) && ip.GetAddressBytes().Length == 16 ? $"[{Host}]" : Host)}:{Port}";
}
