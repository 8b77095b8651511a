using System.Globalization;
using System.Net;

namespace Uptrakit.Qu.Commands;

/// <summary>Says at the keyboard what is wrong with an address; the cluster checks again when it applies the change.</summary>
internal static class TargetText
{
    /// <summary>Null for an absolute http or https URL. The words do not repeat it: some URLs are secrets.</summary>
    internal static string? FaultOfUrl(string text)
    {
        if (text.AsSpan().ContainsAny(" \t\r\n"))
            return "a URL has no blanks";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
            return "that is not a URL; write it like https://example.org/health";
        return url.Scheme is "http" or "https" ? null : $"the URL starts with '{url.Scheme}:'; only http: and https: are known";
    }

    /// <summary>Null for host:port, with an IPv6 address in brackets.</summary>
    internal static string? FaultOfHostPort(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0)
            return $"'{text}' is not host:port; write it like db.example.org:5432 or [2001:db8::1]:5432";
        if (!IsPort(text[(colon + 1)..]))
            return $"'{text}' has no port from 1 to 65535 after the last colon";
        string host = text[..colon];
        bool bracketed = host is ['[', .., ']'];
        UriHostNameType kind = Uri.CheckHostName(bracketed ? host[1..^1] : host);
        bool known = bracketed ? kind == UriHostNameType.IPv6 : kind is UriHostNameType.Dns or UriHostNameType.IPv4;
        return known ? null : $"'{text}' has no valid host before the port; an IPv6 address goes in brackets";
    }

    /// <summary>Null for address or address:port of a DNS server.</summary>
    internal static string? FaultOfResolver(string text)
    {
        // "8" and "1.1" parse as addresses too, and are never meant.
        bool written = text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3;
        return written && IPEndPoint.TryParse(text, out _)
            ? null
            : $"'{text}' is not the address of a DNS server; write it like 1.1.1.1, 9.9.9.9:53 or [2620:fe::fe]:53";
    }

    internal static bool IsPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535;
}
