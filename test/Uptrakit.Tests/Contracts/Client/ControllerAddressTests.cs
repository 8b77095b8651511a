using Uptrakit.Contracts.Client;

namespace Uptrakit.Tests.Contracts.Client;

public sealed class ControllerAddressTests
{
    [Theory]
    [InlineData("https://updates.example.com", "updates.example.com", 8443, "https://updates.example.com:8443/")]
    [InlineData("updates.example.com", "updates.example.com", 8443, "https://updates.example.com:8443/")]
    [InlineData(" HTTPS://Updates.Example.com:443/ ", "updates.example.com", 443, "https://updates.example.com/")]
    [InlineData("127.0.0.1:9000", "127.0.0.1", 9000, "https://127.0.0.1:9000/")]
    [InlineData("[::1]", "::1", 8443, "https://[::1]:8443/")]
    [InlineData("https://[2001:DB8:0::1]:1", "2001:db8::1", 1, "https://[2001:db8::1]:1/")]
    public void Address_AsPeopleWriteIt_IsRead(string text, string host, int port, string url)
    {
        Assert.True(ControllerAddress.TryParse(text, out ControllerAddress? address, out _));
        Assert.Equal((host, port, new Uri(url)), (address.Host, address.Port, address.Base));
        Assert.True(ControllerAddress.TryParse(address.ToString(), out ControllerAddress? again, out _));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://host")]
    [InlineData("ftp://host")]
    [InlineData("https://")]
    [InlineData("https://user:secret@host")]
    [InlineData("https://host/path")]
    [InlineData("https://host?query")]
    [InlineData("https://host#part")]
    [InlineData("https://host//")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host:")]
    [InlineData("::1")]
    [InlineData("[::1]8443")]
    [InlineData("[host]:1")]
    [InlineData("[fe80::1%eth0]:1")]
    [InlineData("127.1")]
    [InlineData("bücher.example")]
    [InlineData("two hosts")]
    public void Address_OfAnotherForm_IsRefusedWithAReason(string? text)
    {
        Assert.False(ControllerAddress.TryParse(text, out _, out string? fault));
        Assert.NotEmpty(fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }
}
