using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks;

/// <summary>Where an address leads, as far as it matters to someone who was sent there.</summary>
internal enum AddressScope
{
    /// <summary>Anywhere else, private networks included: operators watch their own machines.</summary>
    Elsewhere,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>This link, or the place where clouds serve a machine's credentials.</summary>
    LinkLocal,
}

/// <summary>Tells the scope of an address in whatever notation it came.</summary>
internal static class AddressScopes
{
    // Where clouds serve credentials or a machine's configuration outside of the link-local range: AWS and Google over IPv6,
    // Alibaba, Oracle and Azure over IPv4.
    private static readonly IPAddress[] s_metadata =
    [
        IPAddress.Parse("fd00:ec2::254"),
        IPAddress.Parse("fd20:ce::254"),
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("192.0.0.192"),
        IPAddress.Parse("168.63.129.16"),
    ];

    // RFC 6052: the last four bytes are an IPv4 address that a NAT64 gateway would unpack.
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

    // RFC 3056: 6to4, the IPv4 address is behind the prefix. RFC 4291, 2.5.5.1: "IPv4-compatible", at the end.
    private static readonly IPNetwork s_6to4 = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");

    // RFC 1122, 3.2.1.3: "this host". Linux connects 0.0.0.0 to loopback.
    private static readonly IPNetwork s_thisHost4 = IPNetwork.Parse("0.0.0.0/8");
    private static readonly IPNetwork s_linkLocal4 = IPNetwork.Parse("169.254.0.0/16");

    /// <summary>The IPv4 address inside an IPv6 notation of one, otherwise the address itself.</summary>
    internal static IPAddress Unwrapped(this IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return address;
    }

    internal static AddressScope Scope(this IPAddress address)
    {
        IPAddress plain = Innermost(address.Unwrapped());
        if (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.IPv6Any))
            return AddressScope.Loopback;
        if (plain.AddressFamily == AddressFamily.InterNetwork)
            return s_linkLocal4.Contains(plain) || IsMetadata(plain) ? AddressScope.LinkLocal
                : s_thisHost4.Contains(plain) ? AddressScope.Loopback
                : AddressScope.Elsewhere;
        return plain.IsIPv6LinkLocal || IsMetadata(plain) ? AddressScope.LinkLocal : AddressScope.Elsewhere;
    }

    private static bool IsMetadata(IPAddress address) => Array.IndexOf(s_metadata, address) >= 0;

    // What a gateway between the families would unpack.
    private static IPAddress Innermost(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any))
            return address;
        if (s_nat64.Contains(address) || s_compatible.Contains(address))
            return new IPAddress(address.GetAddressBytes().AsSpan(12));
        return s_6to4.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(2, 4)) : address;
    }
}
