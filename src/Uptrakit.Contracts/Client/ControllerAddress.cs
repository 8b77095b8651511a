using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Uptrakit.Contracts.Client;

/// <summary>Where a Controller listens: a name or an address, and a port. Always HTTPS.</summary>
public sealed record ControllerAddress
{
    /// <summary>The port of a Controller where none is given.</summary>
    public const int DefaultPort = 8443;

    private const string Scheme = "https://";

    private ControllerAddress(string host, int port)
    {
        Host = host;
        Port = port;
        Base = new Uri($"{Scheme}{this}/");
    }

    /// <summary>The DNS name in lower case, or the address without brackets: what the server's certificate must have.</summary>
    public string Host { get; }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>The root of the Controller's pages and its API.</summary>
    public Uri Base { get; }

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[address]:port</c>, or one of them after <c>https://</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address, or null when refused.</param>
    /// <param name="fault">Why it was refused, for an operator.</param>
    /// <returns>Whether it was an address. Never throws.</returns>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out ControllerAddress? address,
        [NotNullWhen(false)] out string? fault
    )
    {
        address = null;
        string rest = text?.Trim() ?? "";
        if (rest.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            rest = rest[Scheme.Length..];
        fault = FaultOf(rest);
        if (fault is not null)
            return false;

        rest = rest.TrimEnd('/');
        if (!TrySplit(rest, out string host, out string? port))
            fault = "an IPv6 address goes in brackets: https://[2001:db8::1]:8443";
        else if (!TryHost(host, out string? name))
            fault = "the host is neither a DNS name of ASCII letters (xn-- for others) nor a full IP address";
        else if (!TryPort(port, out int number))
            fault = "the port is a number from 1 to 65535";
        else
            address = new ControllerAddress(name, number);
        return address is not null;
    }

    /// <summary>The address as it can be dialed and shown.</summary>
    /// <returns><c>host:port</c>, an IPv6 address in brackets.</returns>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? FaultOf(string rest)
    {
        if (rest.Length == 0)
            return "no address was given";
        if (rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return "a Controller is reached over https:// only";
        if (rest.Contains('@', StringComparison.Ordinal))
            return "an address holds no user name or password";
        return rest.TrimEnd('/').AsSpan().ContainsAny("/?#\\ ") || rest.EndsWith("//", StringComparison.Ordinal)
            ? "an address ends after the port: no path, no query"
            : null;
    }

    private static bool TrySplit(string text, out string host, out string? port)
    {
        int colon = text.LastIndexOf(':');
        port = null;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            host = end > 0 ? text[1..end] : "";
            string tail = end > 0 ? text[(end + 1)..] : "";
            port = tail.Length > 0 ? tail.TrimStart(':') : null;
            return host.Contains(':', StringComparison.Ordinal) && (tail.Length == 0 || tail.StartsWith(':'));
        }

        host = colon < 0 ? text : text[..colon];
        port = colon < 0 ? null : text[(colon + 1)..];
        return !host.Contains(':', StringComparison.Ordinal);
    }

    private static bool TryHost(string host, [NotNullWhen(true)] out string? name)
    {
        name = host.ToLowerInvariant();
        bool full = IPAddress.TryParse(host, out IPAddress? ip) && !host.Contains('%', StringComparison.Ordinal);
        if (full && ip!.ToString() == name)
            return true;
        if (full && host.Contains(':', StringComparison.Ordinal))
            name = ip!.ToString();
        else if (full || Uri.CheckHostName(host) is not UriHostNameType.Dns || host.Any(c => !char.IsAscii(c)))
            name = null;
        return name is not null;
    }

    private static bool TryPort(string? text, out int port)
    {
        port = DefaultPort;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535);
    }
}
