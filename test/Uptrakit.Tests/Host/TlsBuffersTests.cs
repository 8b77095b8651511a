using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Uptrakit.Controller.Host;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Verification;
using Xunit;

namespace Uptrakit.Tests.Host;

public sealed class TlsBuffersTests : IDisposable
{
    private readonly TestKey key = new();

    // Fails when a new runtime keeps its handle elsewhere: then each Service costs 33 KB more, and TlsBuffers wants another look.
    [Fact]
    public async Task Buffers_AfterAHandshake_AreGivenBack()
    {
        (SslStream server, SslStream client) = await ShakeAsync();
        await using (server)
        await using (client)
            Assert.True(TlsBuffers.TryRelease(server));
    }

    [Fact]
    public async Task Buffers_GivenBackBetweenReads_LoseNothing()
    {
        (SslStream server, SslStream client) = await ShakeAsync();
        await using (server)
        await using (client)
        {
            TlsBuffers.TryRelease(server);
            byte[] sent = RandomNumberGenerator.GetBytes(200_000);
            for (int round = 0; round < 3; round++)
            {
                Assert.Equal(sent, await PassAsync(client, server, sent));
                Assert.Equal(sent, await PassAsync(server, client, sent));
            }
        }
    }

    [Fact]
    public async Task Buffers_WithoutAHandshake_AreNotTouched()
    {
        await using SslStream stream = new(new MemoryStream());

        Assert.False(TlsBuffers.TryRelease(stream));
    }

    public void Dispose() => key.Dispose();

    private static async Task<byte[]> PassAsync(SslStream from, SslStream to, byte[] bytes)
    {
        byte[] received = new byte[bytes.Length];
        Task writing = from.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();
        await to.ReadExactlyAsync(received, TestContext.Current.CancellationToken);
        await writing;
        return received;
    }

    private async Task<(SslStream Server, SslStream Client)> ShakeAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket near = new(SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        SslStream server = new(new NetworkStream(await listener.AcceptSocketAsync(TestContext.Current.CancellationToken), ownsSocket: true));
        SslStream client = new(new NetworkStream(near, ownsSocket: true));
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = key.Leaf("server") }, TestContext.Current.CancellationToken),
            client.AuthenticateAsClientAsync(
                ServerTls.ClientOptions("server", [SslApplicationProtocol.Http2], static (leaf, _) => leaf is not null), TestContext.Current.CancellationToken));
        return (server, client);
    }
}
