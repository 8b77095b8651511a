using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Uptrakit.Trust.Verification;

/// <summary>
/// The name that was dialed, and whether a certificate has it (RFC 9525): only its SAN counts, never its subject.
/// </summary>
internal sealed class ServerName
{
    private readonly string? dns;
    private readonly byte[]? address;

    private ServerName(string? dns, byte[]? address)
    {
        this.dns = dns;
        this.address = address;
    }

    /// <summary>Reads a DNS name of A-labels or an IP address in its full form; <c>127.1</c> is neither.</summary>
    public static bool TryParse(string? host, [NotNullWhen(true)] out ServerName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(host))
            return false;

        if (TryAddress(host, out byte[]? address))
        {
            name = new ServerName(null, address);
            return true;
        }

        string dns = host.EndsWith('.') ? host[..^1] : host;
        if (!DnsText.IsName(dns) || DnsText.LooksLikeAddress(dns))
            return false;
        name = new ServerName(dns, null);
        return true;
    }

    public bool IsIn(GeneralNames names)
    {
        foreach (GeneralName name in names.All)
        {
            if (address is not null && name.Tag == GeneralName.IpAddress && name.Value.Span.SequenceEqual(address))
                return true;
            if (dns is not null && name.Tag == GeneralName.Dns && DnsText.Matches(Encoding.ASCII.GetString(name.Value.Span), dns))
                return true;
        }

        return false;
    }

    // The platform's parser also takes 127.1, 0x7f000001 and a scope: other programs read those otherwise, or not at all.
    private static bool TryAddress(string host, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (host.Contains('%', StringComparison.Ordinal) || host.Contains('[', StringComparison.Ordinal))
            return false;
        if (!IPAddress.TryParse(host, out IPAddress? parsed))
            return false;
        if (!host.Contains(':', StringComparison.Ordinal) && parsed.ToString() != host)
            return false;
        bytes = parsed.GetAddressBytes();
        return true;
    }
}
