using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Trust.Pins;

public sealed class FirstContactTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly NodeIdentity server = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, new FakeTimeProvider());
    private readonly Wire wire = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SslServerAuthenticationOptions Options =>
        PeerTls.ServerOptions(PeerTls.ContextOf(server), [SslApplicationProtocol.Http2]);

    [Fact]
    public async Task FetchLeafAsync_Node_GivesItsCertificateAndSendsNothing()
    {
        Task<Wire.Side> serving = wire.ServeAsync(Options, Cancel);
        using X509Certificate2 leaf = await FirstContact.FetchLeafAsync("127.0.0.1", wire.Port, Long, Cancel);
        Wire.Side served = await serving;

        Assert.Equal(server.Fingerprint, SpkiFingerprint.Of(leaf));
        Assert.False(leaf.HasPrivateKey);
        Assert.Null(served.Failure);
        Assert.Equal(0, served.AppBytesReceived);
        Assert.NotNull(served.PeerLeaf);
    }

    [Fact]
    public async Task FetchLeafAsync_Twice_ShowsAnotherThrowAwayKeyEachTime()
    {
        List<SpkiFingerprint> shown = [];
        for (int i = 0; i < 2; i++)
        {
            Task<Wire.Side> serving = wire.ServeAsync(Options, Cancel);
            (await FirstContact.FetchLeafAsync("127.0.0.1", wire.Port, Long, Cancel)).Dispose();
            using X509Certificate2 mask = (await serving).LoadPeerLeaf()!;
            shown.Add(SpkiFingerprint.Of(mask));
        }

        Assert.Distinct(shown);
    }

    [Fact]
    public async Task FetchLeafAsync_ServerThatStaysSilent_EndsAtTheDeadline()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(
            () => FirstContact.FetchLeafAsync("127.0.0.1", port, TimeSpan.FromMilliseconds(200), Cancel));

        Assert.Contains($"127.0.0.1:{port}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchLeafAsync_CallerGivesUp_IsCancelledAndNotTimedOut()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using CancellationTokenSource given = new();
        Task<X509Certificate2> fetching = FirstContact.FetchLeafAsync(
            "127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port, Long, given.Token);
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }

    [Fact]
    public async Task FetchLeafAsync_NobodyThere_IsASocketError()
    {
        int port;
        using (TcpListener gone = new(IPAddress.Loopback, 0))
        {
            gone.Start();
            port = ((IPEndPoint)gone.LocalEndpoint).Port;
        }

        await Assert.ThrowsAnyAsync<SocketException>(() => FirstContact.FetchLeafAsync("127.0.0.1", port, Long, Cancel));
    }

    [Fact]
    public async Task FetchLeafAsync_ServerOfTls12_IsRefused()
    {
        SslServerAuthenticationOptions old = Options;
        old.EnabledSslProtocols = SslProtocols.Tls12;
        Task<Wire.Side> serving = wire.ServeAsync(old, Cancel);

        await Assert.ThrowsAsync<AuthenticationException>(
            () => FirstContact.FetchLeafAsync("127.0.0.1", wire.Port, Long, Cancel));
        Assert.NotNull((await serving).Failure);
    }

    public void Dispose()
    {
        wire.Dispose();
        server.Dispose();
    }
}
