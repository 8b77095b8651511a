using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The names under which the server is dialed: DNS names and IP addresses, the first one also its common name.</summary>
internal sealed record ServerNames
{
    /// <summary>How many a certificate has at most.</summary>
    public const int Most = 32;

    private const int MaximumCommonName = 64; // ub-common-name, RFC 5280, appendix A.1

    private ServerNames(IReadOnlyList<string> dns, IReadOnlyList<IPAddress> addresses, string first)
    {
        Dns = dns;
        Addresses = addresses;
        First = first;
    }

    /// <summary>Lower case.</summary>
    public IReadOnlyList<string> Dns { get; }

    public IReadOnlyList<IPAddress> Addresses { get; }

    public string First { get; }

    /// <summary>Null when the first name is too long for one; the subject then stays empty.</summary>
    public string? CommonName => First.Length <= MaximumCommonName ? First : null;

    /// <summary>Reads what <c>--san</c> gave: a name that no client could match is a fault now, not a failed handshake later.</summary>
    public static bool TryParse(
        IEnumerable<string> texts, [NotNullWhen(true)] out ServerNames? value, [NotNullWhen(false)] out string? fault)
    {
        value = null;
        fault = null;
        List<string> dns = [];
        List<IPAddress> addresses = [];
        string? first = null;
        foreach (string text in texts.Select(text => text.Trim()))
        {
            if (TryAddress(text, out IPAddress? address))
                addresses.Add(address);
            else if (IsDnsName(text))
                dns.Add(text.ToLowerInvariant());
            else
                fault ??= $"'{text}' is neither a DNS name (in ASCII, such as xn--…) nor an IP address";
            first ??= address?.ToString() ?? text.ToLowerInvariant();
        }

        dns = [.. dns.Distinct(StringComparer.Ordinal)];
        addresses = [.. addresses.Distinct()];
        if (first is null)
            fault = "a server certificate needs at least one name";
        else if (dns.Count + addresses.Count > Most)
            fault ??= $"a server certificate has at most {Most} names";
        value = fault is null ? new ServerNames(dns, addresses, first!) : null;
        return value is not null;
    }

    /// <summary>Whether a certificate has these names, all of them and no other.</summary>
    public bool AreThoseOf(X509Certificate2 certificate) =>
        SubjectNames.Of(certificate) is { Others: 0, Uris.Count: 0 } names
        && names.Dns.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(Dns)
        && names.Addresses.ToHashSet().SetEquals(Addresses);

    public override string ToString() => string.Join(", ", Dns.Concat(Addresses.Select(address => address.ToString())));

    private static bool TryAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        string bare = text is ['[', .., ']'] ? text[1..^1] : text;
        address = null;
        // Only what is written the usual way: "127.1" and "0x7f000001" are addresses to the parser and names to everyone else.
        bool taken = !bare.Contains('%') && IPAddress.TryParse(bare, out address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == bare);
        address = taken ? address : null;
        return taken;
    }

    private static bool IsDnsName(string text)
    {
        string[] labels = (text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text).Split('.');
        bool wild = text.StartsWith('*');
        return text.Length is > 0 and <= 253
            && (!wild || labels.Length >= 2) // "*.com" matches nobody who checks
            && labels.All(IsLabel)
            && !labels[^1].All(char.IsAsciiDigit); // would be read as an IPv4 address
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
