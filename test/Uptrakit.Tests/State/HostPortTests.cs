using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.State;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("example.org:443", "example.org", 443)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void HostPort_WellFormed_IsRead(string text, string host, int port)
    {
        Assert.True(HostPort.TryParse(text, out string readHost, out int readPort));
        Assert.Equal((host, port), (readHost, readPort));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("example.org")]
    [InlineData(":80")]
    [InlineData("::1:80")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("a b:80")]
    [InlineData("example.org:0")]
    [InlineData("example.org:65536")]
    [InlineData("example.org:+80")]
    public void HostPort_Malformed_IsRefused(string? text) => Assert.False(HostPort.TryParse(text, out _, out _));
}
