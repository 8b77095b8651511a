using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.State;

/// <summary>Hosts and ports as text, decided without the resolver and without <see cref="Uri"/>.</summary>
/// <remarks>The state machine runs this on every node, so the answer must not depend on the runtime's version.</remarks>
internal static class HostPort
{
    /// <summary><c>name:port</c>, <c>1.2.3.4:port</c> or <c>[v6]:port</c>, port 1 to 65535. The host comes without brackets.</summary>
    public static bool TryParse(string? text, out string host, out int port)
    {
        host = "";
        port = 0;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !TryParsePort(text.AsSpan(colon + 1), out port))
            return false;
        return TryParseHost(text![..colon], out host);
    }

    /// <summary>A name, an IPv4 address, or an IPv6 address in brackets.</summary>
    public static bool TryParseHost(string text, out string host)
    {
        host = text;
        if (text.StartsWith('['))
        {
            host = text.EndsWith(']') ? text[1..^1] : "";
            return TryParseV6(host, out _);
        }

        return IsNumeric(text) ? TryParseV4(text, out _) : IsName(text);
    }

    /// <summary>A literal address, without brackets, port or zone.</summary>
    public static bool TryParseAddress(string? text, out IPAddress? address)
    {
        address = null;
        return text is not null && (TryParseV4(text, out address) || TryParseV6(text, out address));
    }

    /// <summary>A DNS server: a literal address, with a port or without (then 53).</summary>
    public static bool TryParseResolver(string? text, out IPEndPoint? resolver)
    {
        resolver = null;
        if (TryParseAddress(text, out IPAddress? address))
            resolver = new IPEndPoint(address!, 53);
        else if (TryParse(text, out string host, out int port) && TryParseAddress(host, out address))
            resolver = new IPEndPoint(address!, port);
        return resolver is not null && !IsUnspecified(resolver.Address);
    }

    /// <summary>A DNS server that may have a name, too; port 53 where none is said.</summary>
    public static bool TryParseNameServer(string? text, out string host, out int port)
    {
        if (TryParseResolver(text, out IPEndPoint? resolver))
        {
            (host, port) = (resolver!.Address.ToString(), resolver.Port);
            return true;
        }

        bool hasPort = TryParse(text, out host, out port);
        if (!hasPort)
            port = 53;
        // What is an address and no resolver means every address of a host.
        return (hasPort || TryParseHost(text ?? "", out host)) && !TryParseAddress(host, out _);
    }

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (TryParseAddress(host, out IPAddress? address) && IPAddress.IsLoopback(address!));

    public static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    public static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is >= 1 and <= 65535;
    }

    // Four plain decimal numbers: '127.1', '0x7f.1' and '010.0.0.1' mean different hosts to different programs.
    private static bool TryParseV4(string text, out IPAddress? address)
    {
        address = null;
        string[] parts = text.Length <= 15 ? text.Split('.') : [];
        if (parts.Length != 4)
            return false;
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0; i < 4; i++)
        {
            if (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i])
                || (parts[i].Length > 1 && parts[i][0] == '0'))
                return false;
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool TryParseV6(string text, out IPAddress? address)
    {
        address = null;
        foreach (char c in text)
        {
            // No zone ('%eth0'): it means something on one host only.
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
                return false;
        }

        return text.Contains(':') && text.Length <= 45 && IPAddress.TryParse(text, out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    // What ends in a number is an address or nothing (WHATWG URL, "ends in a number").
    private static bool IsNumeric(string text)
    {
        string name = text.EndsWith('.') ? text[..^1] : text;
        ReadOnlySpan<char> last = name.AsSpan(name.LastIndexOf('.') + 1);
        return last.Length > 0 && (last.IndexOfAnyExceptInRange('0', '9') < 0
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && IsHex(last[2..])));
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }

    // RFC 1123 labels, and inside them the underscore that internal names like to have.
    private static bool IsName(string text)
    {
        string name = text.EndsWith('.') ? text[..^1] : text;
        if (name.Length is 0 or > 253)
            return false;
        foreach (string label in name.Split('.'))
        {
            if (label.Length is 0 or > 63 || !char.IsAsciiLetterOrDigit(label[0]) || label[^1] == '-')
                return false;
            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return false;
            }
        }

        return true;
    }
}
