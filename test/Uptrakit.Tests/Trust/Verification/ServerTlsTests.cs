using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Contracts.Client;
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
        await HandshakeAsync(server, ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], (_, _) => asked = true));

        Assert.True(asked);
        Assert.Equal(0, hole.Connections);

        // What the platform does by itself: without this the zero above would mean little.
        await HandshakeAsync(server, new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, leaf, _, _) => leaf is not null,
        });
        Assert.NotEqual(0, hole.Connections);
    }

    [Fact]
    public async Task Handshake_Judge_GetsWhatTheServerSentEachTimeAnew()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        await using HostileServer server = await ServeAsync(leaf, Issuing.Certificate, Root.Certificate);
        List<(string? Leaf, int Others)> asked = [];
        SslClientAuthenticationOptions options = ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], (shown, others) =>
        {
            asked.Add((shown?.SerialNumber, others.Count));
            return true;
        });

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
        SslClientAuthenticationOptions options = ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], (_, _) =>
        {
            asked++;
            return trusted;
        });

        await HandshakeAsync(server, options);
        trusted = false;

        await Assert.ThrowsAsync<AuthenticationException>(() => HandshakeAsync(server, options));
        Assert.Equal(2, asked);
        Assert.Empty(server.Received);
    }

    [Fact]
    public void Options_OfAClient_DoNotResumeAndSpeakOnlyTls13()
    {
        SslClientAuthenticationOptions options = ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http2], (_, _) => false);
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
            Issuing.Leaf(), [Issuing.Certificate, Root.Certificate], _ => [], "-num_tickets", "2");
        SslClientAuthenticationOptions options = ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], (_, _) => true);

        long first = await HandshakeAsync(server, options);
        long second = await HandshakeAsync(server, options);

        // A resumed handshake has no certificates: a kilobyte or two less.
        Assert.InRange(second, first - 200, first + 200);
    }

    private static Task<HostileServer> ServeAsync(X509Certificate2 leaf, params X509Certificate2[] chain) =>
        HostileServer.StartAsync(leaf, chain, _ => []);

    private static async Task<long> HandshakeAsync(HostileServer server, SslClientAuthenticationOptions options)
    {
        using TcpClient connected = new();
        await connected.ConnectAsync(IPAddress.Loopback, server.Port, Cancel);
        using CountedStream counted = new(connected.GetStream());
        await using SslStream tls = new(counted);
        await tls.AuthenticateAsClientAsync(options, Cancel);
        return counted.Received;
    }
}
