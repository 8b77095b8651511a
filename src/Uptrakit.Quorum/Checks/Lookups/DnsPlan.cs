using System.Net;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>What can be worked out from a dns check before it is probed.</summary>
internal sealed class DnsPlan
{
    internal DnsPlan(Check check)
    {
        DnsOptions options = check.Dns ?? new DnsOptions();
        bool hasType = DnsWords.TryType(options.Record, out DnsType type);
        Type = type;
        Name = type == DnsType.Ptr && HostPort.TryParseAddress(check.Target, out IPAddress? address) ? Reverse(address!) : check.Target;
        Question = DnsMessage.Question(Name, type) ?? [];
        Expect = options.Expect.EndsWith('.') ? options.Expect[..^1] : options.Expect;
        bool hasCode = DnsWords.TryCode(options.Rcode, out int code);
        Code = hasCode ? code : null;
        (string host, int port) = ("", 0);
        bool hasServer = options.Resolver.Length == 0 || HostPort.TryParseNameServer(options.Resolver, out host, out port);
        (ResolverHost, ResolverPort) = (host, port);
        Fault = !hasType ? $"record '{PlainText.Clean(options.Record, 20)}' is not known; {DnsWords.Types} are"
            : Question.Length == 0 ? "the target is not a name that DNS can have"
            : !hasCode && options.Rcode.Length > 0 ? $"rcode '{PlainText.Clean(options.Rcode, 20)}' is not known; {DnsWords.Codes} are"
            : !hasServer ? "the resolver is not host or host:port"
            : null;
    }

    internal string? Fault { get; }

    internal DnsType Type { get; }

    internal string Name { get; }

    internal byte[] Question { get; }

    internal string Expect { get; }

    /// <summary>The code that must come; null is NOERROR with an answer.</summary>
    internal int? Code { get; }

    /// <summary>The check's own server, which may have a name; empty when it has none.</summary>
    internal string ResolverHost { get; }

    internal int ResolverPort { get; }

    // RFC 1035, 3.5 and RFC 3596, 2.5.
    private static string Reverse(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa"
            : string.Concat(bytes.Reverse().Select(b => $"{b & 0xf:x}.{b >> 4:x}.")) + "ip6.arpa";
    }
}
