using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>What the handshake itself does, on real sockets.</summary>
public sealed class ServerTlsTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handshake_IssuerAddressInTheCertificate_IsNeverCalled()
    {
        using BlackHole hole = new();
        X509Extension aia = new X509AuthorityInformationAccessExtension(null, [$"http://127.0.0.1:{hole.Port}/issuer.crt"]);
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { Extra = [aia] });
        await using HostileServer server = await ServeAsync(leaf);

        bool asked = false;
        await HandshakeAsync(
            server,
            ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], (_, _) => asked = true)
        );

        Assert.True(asked);
        Assert.Equal(0, hole.Connections);

        // What the platform does by itself: without this the zero above would mean little.
        await HandshakeAsync(
            server,
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = static (_, leaf, _, _) => leaf is not null,
            }
        );
        Assert.NotEqual(0, hole.Connections);
    }

    [Fact]
    public async Task Handshake_Judge_GetsWhatTheServerSentEachTimeAnew()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        await using HostileServer server = await ServeAsync(leaf, Issuing.Certificate, Root.Certificate);
        List<(string? Leaf, int Others)> asked = [];
        SslClientAuthenticationOptions options = ServerTls.ClientOptions(
            "localhost",
            [SslApplicationProtocol.Http11],
            (shown, others) =>
            {
                asked.Add((shown?.SerialNumber, others.Count));
                return true;
            }
        );

        await HandshakeAsync(server, options);
        await HandshakeAsync(server, options);

        Assert.Equal([(leaf.SerialNumber, 2), (leaf.SerialNumber, 2)], asked);
    }

    [Fact]
    public async Task Handshake_AfterTrustWasRemoved_IsJudgedAgainAndRefused()
    {
        await using HostileServer server = await ServeAsync(Issuing.Leaf(), Issuing.Certificate);
        bool trusted = true;
        int asked = 0;
        SslClientAuthenticationOptions options = ServerTls.ClientOptions(
            "localhost",
            [SslApplicationProtocol.Http11],
            (_, _) =>
            {
                asked++;
                return trusted;
            }
        );

        await HandshakeAsync(server, options);
        trusted = false;

        await Assert.ThrowsAsync<AuthenticationException>(() => HandshakeAsync(server, options));
        Assert.Equal(2, asked);
        Assert.Empty(server.Received);
    }

    [Fact]
    public void Options_OfAClient_DoNotResumeAndSpeakOnlyTls13()
    {
        SslClientAuthenticationOptions options = ServerTls.ClientOptions(
            "localhost",
            [SslApplicationProtocol.Http2],
            (_, _) => false
        );
        Assert.False(options.AllowTlsResume);
        Assert.False(options.AllowRenegotiation);
        Assert.Equal(SslProtocols.Tls13, options.EnabledSslProtocols);
        Assert.True(options.CertificateChainPolicy!.DisableCertificateDownloads);
        Assert.Equal(X509RevocationMode.NoCheck, options.CertificateChainPolicy.RevocationMode);
    }

    [Fact]
    public async Task Handshake_SecondOfTwo_TransfersTheCertificateAgain()
    {
        await using HostileServer server = await HostileServer.StartAsync(
            Issuing.Leaf(),
            [Issuing.Certificate, Root.Certificate],
            _ => ServedFile.Ok("tickets come with this")
        );
        SslClientAuthenticationOptions options = ServerTls.ClientOptions(
            "localhost",
            [SslApplicationProtocol.Http11],
            (_, _) => true
        );

        long first = await HandshakeAsync(server, options, ask: true);
        long second = await HandshakeAsync(server, options, ask: true);
        // What the platform does by itself.
        options.AllowTlsResume = true;
        await HandshakeAsync(server, options, ask: true);
        long resumed = await HandshakeAsync(server, options, ask: true);

        Assert.InRange(second, first - 100, first + 100);
        Assert.True(resumed < first - 500, "the platform did not resume: the other figures say nothing");
    }

    private static Task<HostileServer> ServeAsync(X509Certificate2 leaf, params X509Certificate2[] chain) =>
        HostileServer.StartAsync(leaf, chain, _ => []);

    // The bytes that the handshake brought. Tickets for a resumption follow it, so they are read only by who asks for something.
    private static async Task<long> HandshakeAsync(HostileServer server, SslClientAuthenticationOptions options, bool ask = false)
    {
        using TcpClient connected = new();
        await connected.ConnectAsync(IPAddress.Loopback, server.Port, Cancel);
        using CountedStream counted = new(connected.GetStream());
        await using SslStream tls = new(counted);
        await tls.AuthenticateAsClientAsync(options, Cancel);
        long handshake = counted.Received;
        if (ask)
        {
            await tls.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Cancel);
            Assert.NotEqual(0, await tls.ReadAsync(new byte[512], Cancel));
        }

        return handshake;
    }
}
