namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>Types of DNS records, by their numbers (IANA).</summary>
internal enum DnsType
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Caa = 257,
}

/// <summary>The words of DNS.</summary>
internal static class DnsWords
{
    internal const int NoError = 0;
    internal const int FormatError = 1;
    internal const int NoSuchName = 3;

    internal const string Types = "a, aaaa, cname, mx, txt, ns, soa, srv, caa and ptr";

    private static readonly string[] s_codes =
        ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"];

    internal static string Codes => string.Join(", ", s_codes);

    internal static string Code(int code) => code < s_codes.Length ? s_codes[code] : $"code {code}";

    internal static bool TryCode(string text, out int code)
    {
        code = Array.FindIndex(s_codes, c => c.Equals(text, StringComparison.OrdinalIgnoreCase));
        return code >= 0;
    }

    internal static bool TryType(string text, out DnsType type)
    {
        type = text.ToLowerInvariant() switch
        {
            "" or "a" => DnsType.A,
            "aaaa" => DnsType.Aaaa,
            "cname" => DnsType.Cname,
            "mx" => DnsType.Mx,
            "txt" => DnsType.Txt,
            "ns" => DnsType.Ns,
            "soa" => DnsType.Soa,
            "srv" => DnsType.Srv,
            "caa" => DnsType.Caa,
            "ptr" => DnsType.Ptr,
            _ => 0,
        };
        return type != 0;
    }
}
