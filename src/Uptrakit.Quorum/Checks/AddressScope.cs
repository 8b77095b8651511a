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
    // AWS serves instance credentials here when IPv6 is on; the IPv4 one is link-local anyway.
    private static readonly IPAddress s_metadata6 = IPAddress.Parse("fd00:ec2::254");

    // RFC 6052: the last four bytes are an IPv4 address that a NAT64 gateway would unpack.
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

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
        IPAddress plain = address.Unwrapped();
        if (plain.AddressFamily == AddressFamily.InterNetworkV6 && s_nat64.Contains(plain))
            plain = new IPAddress(plain.GetAddressBytes().AsSpan(12));

        if (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.IPv6Any))
            return AddressScope.Loopback;
        if (plain.AddressFamily == AddressFamily.InterNetwork)
            return s_linkLocal4.Contains(plain) ? AddressScope.LinkLocal
                : s_thisHost4.Contains(plain) ? AddressScope.Loopback
                : AddressScope.Elsewhere;
        return plain.IsIPv6LinkLocal || plain.Equals(s_metadata6) ? AddressScope.LinkLocal : AddressScope.Elsewhere;
    }
}
