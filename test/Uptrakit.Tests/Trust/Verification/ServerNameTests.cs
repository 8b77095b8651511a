using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

public sealed class ServerNameTests
{
    [Theory]
    [InlineData("host.example", "host.example")]
    [InlineData("HOST.example", "host.EXAMPLE")]
    [InlineData("host.example.", "host.example")]
    [InlineData("a.host.example", "*.host.example")]
    [InlineData("localhost", "localhost")]
    [InlineData("a_b.example.org", "a_b.example.org")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    public void Name_InTheCertificate_Matches(string dialed, string presented) => Assert.True(IsIn(dialed, presented));

    [Theory]
    [InlineData("host.example", "other.example")]
    [InlineData("example.com", "*.com")]
    [InlineData("host.example", "*.example")]
    [InlineData("a.b.host.example", "*.host.example")]
    [InlineData("host.example.org", "*.host.example.org")]
    [InlineData("ahost.example.org", "a*.example.org")]
    [InlineData("host.example.org", "host.*.org")]
    [InlineData("host.example.org", "*")]
    [InlineData("host.example.org", "*.*.org")]
    [InlineData("host.example.org", ".example.org")]
    [InlineData("host.example", "host.example.")]
    [InlineData("host.example", "host.example\0.evil.example")]
    [InlineData("bücher.example", "bücher.example")]
    [InlineData("127.1", "127.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0x7f000001", "*.0x7f000001")]
    [InlineData("", "")]
    [InlineData("*.host.example", "*.host.example")]
    [InlineData("a..example", "a..example")]
    [InlineData("-a.example", "-a.example")]
    public void Name_NotInTheCertificate_DoesNot(string dialed, string presented) => Assert.False(IsIn(dialed, presented));

    [Theory]
    [InlineData("127.0.0.1", true, new byte[] { 127, 0, 0, 1 })]
    [InlineData("127.1", false, new byte[] { 127, 0, 0, 1 })]
    [InlineData("127.0.0.01", false, new byte[] { 127, 0, 0, 1 })]
    [InlineData("2130706433", false, new byte[] { 127, 0, 0, 1 })]
    [InlineData("::1", true, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData("0:0::1", true, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData("::1%lo", false, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData("::ffff:127.0.0.1", false, new byte[] { 127, 0, 0, 1 })]
    public void Address_OnlyInItsFullForm_MatchesByBytes(string dialed, bool matches, byte[] presented) =>
        Assert.Equal(matches, Has(dialed, [0x87, (byte)presented.Length, .. presented]));

    private static bool IsIn(string dialed, string presented)
    {
        byte[] name = System.Text.Encoding.Latin1.GetBytes(presented);
        return Has(dialed, [0x82, (byte)name.Length, .. name]);
    }

    private static bool Has(string dialed, byte[] generalName)
    {
        byte[] extension = [0x30, (byte)generalName.Length, .. generalName];
        Assert.True(GeneralNames.TryRead(extension, out GeneralNames? names));
        return ServerName.TryParse(dialed, out ServerName? name) && name.IsIn(names);
    }
}
