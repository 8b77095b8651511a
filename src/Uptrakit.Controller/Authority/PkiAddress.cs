using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Uptrakit.Controller.Authority;

/// <summary>Where certificates say that CRL, OCSP and issuers are found: plain HTTP, because what is fetched there is signed.</summary>
internal sealed record PkiAddress
{
    private const int DefaultPort = 80;

    private readonly string authority;

    private PkiAddress(string authority) => this.authority = authority;

    public string Ocsp => $"http://{authority}/api/v1/pki/ocsp";

    /// <summary>Reads <c>host[:port]</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PkiAddress? value)
    {
        value = null;
        if (text is null || !Split(text.Trim(), out string host, out int port))
            return false;

        string bare = host is ['[', .., ']'] ? host[1..^1] : host;
        UriHostNameType expected = host.Length == bare.Length ? UriHostNameType.Dns : UriHostNameType.IPv6;
        UriHostNameType found = Uri.CheckHostName(bare);
        if (found != expected && !(found == UriHostNameType.IPv4 && expected == UriHostNameType.Dns))
            return false;
        if (!host.All(char.IsAscii) || bare.Contains('%')) // a zone means nothing on another machine
            return false;

        value = new PkiAddress($"{host.ToLowerInvariant()}:{port.ToString(CultureInfo.InvariantCulture)}");
        return true;
    }

    public string Crl(string keyId) => $"http://{authority}/api/v1/pki/crl/{keyId}";

    public string Issuer(string keyId) => $"http://{authority}/api/v1/pki/issuer/{keyId}.crt";

    public override string ToString() => authority;

    private static bool Split(string text, out string host, out int port)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && text.LastIndexOf(']') < colon;
        host = hasPort ? text[..colon] : text;
        port = DefaultPort;
        return host.Length > 0
            && (!hasPort || int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            && port is > 0 and <= 65535;
    }
}
