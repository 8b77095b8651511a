using System.Buffers;
using System.Text;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>A request as it goes over the wire (RFC 9112).</summary>
internal static class HttpRequestText
{
    // RFC 9110, 5.6.2: the characters of a method and of a header's name.
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    internal static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_token);

    /// <summary>Visible ASCII, blanks and tabs: nothing that ends a line or that servers read differently.</summary>
    internal static bool IsValue(string text)
    {
        foreach (char c in text)
        {
            if (c is (< ' ' or > '~') and not '\t')
                return false;
        }

        return true;
    }

    /// <summary>What the Host header says: the name as DNS knows it, IPv6 in brackets and without a zone, the port if it is not the usual one.</summary>
    internal static string HostOf(Uri place)
    {
        string host = place.IdnHost;
        if (place.HostNameType == UriHostNameType.IPv6)
        {
            int zone = host.IndexOf('%', StringComparison.Ordinal);
            host = $"[{(zone < 0 ? host : host[..zone]).Trim('[', ']')}]";
        }

        return place.IsDefaultPort ? host : $"{host}:{place.Port}";
    }

    /// <param name="headers">Judged before: a name that is a token, a value that <see cref="IsValue"/> takes.</param>
    /// <param name="body">Null for none.</param>
    internal static byte[] Write(string method, Uri place, IReadOnlyList<(string Name, string Value)> headers, byte[]? body)
    {
        StringBuilder head = new(256);
        // One connection for one request: the server is told, and does not wait for another.
        head.Append(method).Append(' ').Append(place.PathAndQuery).Append(" HTTP/1.1\r\n");
        if (!Has(headers, "Host"))
            head.Append("Host: ").Append(HostOf(place)).Append("\r\n");
        if (!Has(headers, "User-Agent"))
            head.Append("User-Agent: uptrakit-qu\r\n");
        if (!Has(headers, "Accept"))
            head.Append("Accept: */*\r\n");
        foreach ((string name, string value) in headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (body is not null)
            head.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        head.Append("Connection: close\r\n\r\n");

        byte[] text = Encoding.ASCII.GetBytes(head.ToString());
        return body is null ? text : [.. text, .. body];
    }

    internal static bool Has(IReadOnlyList<(string Name, string Value)> headers, string name)
    {
        foreach ((string each, string _) in headers)
        {
            if (each.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
