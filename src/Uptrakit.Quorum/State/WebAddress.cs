namespace Uptrakit.Quorum.State;

/// <summary>What an http or https URL must be, decided alike on every node.</summary>
internal static class WebAddress
{
    public const int MaxLength = 2048;

    /// <summary>Null, or what is wrong with the URL in that field.</summary>
    public static string? FaultOf(string field, string url, out string host, out bool encrypted)
    {
        host = "";
        encrypted = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (url.Length == 0)
            return $"{field}: is empty; a URL such as https://example.com/ is needed";
        if (url.Length > MaxLength)
            return $"{field}: is {url.Length} characters long; at most {MaxLength} are allowed";
        if (!encrypted && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return $"{field}: must be a URL that starts with http:// or https://";
        foreach (char c in url)
        {
            if (c is <= ' ' or >= '\x7F' or '\\' or '"' or '<' or '>')
                return $"{field}: has a character that a URL cannot have; write it percent-encoded (%20), host names as xn--…";
        }

        string rest = url[(encrypted ? 8 : 7)..];
        int end = rest.IndexOfAny(['/', '?', '#']);
        return FaultOfAuthority(field, end < 0 ? rest : rest[..end], out host);
    }

    private static string? FaultOfAuthority(string field, string authority, out string host)
    {
        host = "";
        // The URL is shown in lists and alerts, so it is no place for a password.
        if (authority.Contains('@'))
            return $"{field}: must not carry a user name or password";

        int colon = authority.LastIndexOf(':');
        bool port = colon > authority.LastIndexOf(']');
        if (port && !HostPort.TryParsePort(authority.AsSpan(colon + 1), out _))
            return $"{field}: '{authority[(colon + 1)..]}' is not a port; 1 to 65535 are allowed";
        string name = port ? authority[..colon] : authority;
        return HostPort.TryParseHost(name, out host)
            ? null
            : $"{field}: '{name}' is not a host; a name, an IPv4 address or an IPv6 address in brackets is allowed";
    }
}
