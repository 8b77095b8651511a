using System.Net;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Tests.Checks;

public sealed class AddressScopeTests
{
    [Theory]
    [InlineData("127.0.0.1", nameof(AddressScope.Loopback))]
    [InlineData("127.255.1.2", nameof(AddressScope.Loopback))]
    [InlineData("0.1.2.3", nameof(AddressScope.Loopback))]
    [InlineData("::", nameof(AddressScope.Loopback))]
    [InlineData("::1", nameof(AddressScope.Loopback))]
    [InlineData("::127.0.0.1", nameof(AddressScope.Loopback))]
    [InlineData("::ffff:127.0.0.1", nameof(AddressScope.Loopback))]
    [InlineData("64:ff9b::7f00:1", nameof(AddressScope.Loopback))]
    [InlineData("2002:7f00:1::", nameof(AddressScope.Loopback))]
    [InlineData("169.254.169.254", nameof(AddressScope.LinkLocal))]
    [InlineData("::ffff:169.254.1.1", nameof(AddressScope.LinkLocal))]
    [InlineData("2002:a9fe:a9fe::1", nameof(AddressScope.LinkLocal))]
    [InlineData("fe80::1", nameof(AddressScope.LinkLocal))]
    [InlineData("fd00:ec2::254", nameof(AddressScope.LinkLocal))]
    [InlineData("fd20:ce::254", nameof(AddressScope.LinkLocal))]
    [InlineData("100.100.100.200", nameof(AddressScope.LinkLocal))]
    [InlineData("192.0.0.192", nameof(AddressScope.LinkLocal))]
    [InlineData("168.63.129.16", nameof(AddressScope.LinkLocal))]
    [InlineData("10.0.0.1", nameof(AddressScope.Elsewhere))]
    [InlineData("fd00::1", nameof(AddressScope.Elsewhere))]
    [InlineData("2002:0808:0808::1", nameof(AddressScope.Elsewhere))]
    [InlineData("2606:4700::1", nameof(AddressScope.Elsewhere))]
    public void Scope_InAnyNotation_IsSeen(string address, string scope) =>
        Assert.Equal(scope, IPAddress.Parse(address).Scope().ToString());
}
