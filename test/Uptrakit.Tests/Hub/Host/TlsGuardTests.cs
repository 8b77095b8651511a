using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Contracts.Client;
using Uptrakit.Controller.Host;
using Uptrakit.Tests.Authority;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Verification;
using Controllers = Uptrakit.Tests.Fleet.TestController;

namespace Uptrakit.Tests.Hub.Host;

/// <summary>What strangers could have the TLS of the HTTPS port do, if it were left to itself.</summary>
public sealed class TlsGuardTests
{
    private const string Request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClientCertificate_ThatNamesAnIssuerAddress_MakesTheControllerCallNobody()
    {
        using BlackHole hole = new();
        X509Extension aia = new X509AuthorityInformationAccessExtension(null, [$"http://127.0.0.1:{hole.Port}/issuer.crt"]);
        X509Certificate2 leaf = TestCa.Root().Issue().Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth, Extra = [aia] });
        await using Controllers controller = await Controllers.StartAsync();

        // Answered only after the handshake, in which the platform would have fetched.
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(controller, leaf), StringComparison.Ordinal);

        // Callers are counted in the order in which they come: whoever came before is counted when this one is.
        using (TcpClient last = new())
            await last.ConnectAsync(IPAddress.Loopback, hole.Port, Cancel);
        await Until.TrueAsync("the last caller is counted", () => hole.Connections > 0, TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(1, hole.Connections);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Session_OfAnEarlierConnection_IsNotResumed(string version)
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using Controllers controller = await Controllers.StartAsync();

        await IsNotResumedAsync(openssl, controller.Port, version);
    }

    /// <summary>The list of suites keeps the platform from resuming as well; this is about the option that says so.</summary>
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Session_UnderTheSuitesOfThePlatform_IsNotResumedEither(string version)
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using Controllers controller = await Controllers.StartAsync();
        SslServerAuthenticationOptions options = HttpsListener.Options(controller.Get<ServerCertificate>().Current);
        options.CipherSuitesPolicy = null;
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task served = ServeAsync(listener, options, connections: 2);

        await IsNotResumedAsync(openssl, ((IPEndPoint)listener.LocalEndpoint).Port, version);

        await served;
    }

    /// <summary>Towards a server that would resume.</summary>
    [Fact]
    public async Task Client_WhoseAnchorWasRemoved_SendsNothingToAServerItKnew()
    {
        TestCa root = TestCa.Root();
        await using HostileServer server = await HostileServer.StartAsync(root.Leaf(), [], _ => ServedFile.Ok("tickets come with this"));
        Assert.True(ControllerAddress.TryParse($"localhost:{server.Port}", out ControllerAddress? address, out _));
        using (VerifiedHandler trusting = Handler(address, root))
            await GetAsync(trusting, address);
        string before = server.Received;
        Assert.NotEmpty(before);

        using VerifiedHandler later = Handler(address, TestCa.Root());

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(later, address));
        Assert.False(later.Verdict?.Accepted);
        Assert.Equal(before, server.Received);
    }

    private static async Task IsNotResumedAsync(OpenSsl openssl, int port, string version)
    {
        string session = openssl["session"];
        await IsNewAsync("-sess_out", session);
        await IsNewAsync(File.Exists(session) ? ["-sess_in", session] : []); // a server that resumes nothing need not give one

        async Task IsNewAsync(params string[] more)
        {
            // The answer is read to its end: in TLS 1.3 a session comes with the first data.
            (_, string said) = await openssl.RunAsync(Request, ["s_client", "-connect", $"127.0.0.1:{port}", version, "-ign_eof", .. more]);
            Assert.Contains("HTTP/1.1 200 ", said, StringComparison.Ordinal);
            Assert.Contains("\nNew, TLSv1.", said, StringComparison.Ordinal);
        }
    }

    private static async Task ServeAsync(TcpListener listener, SslServerAuthenticationOptions options, int connections)
    {
        for (int i = 0; i < connections; i++)
        {
            using TcpClient caller = await listener.AcceptTcpClientAsync(Cancel);
            await using SslStream stream = new(caller.GetStream());
            await stream.AuthenticateAsServerAsync(options, Cancel);
            await stream.ReadAtLeastAsync(new byte[Request.Length], Request.Length, cancellationToken: Cancel);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), Cancel);
            await stream.ShutdownAsync();
        }
    }

    private static VerifiedHandler Handler(ControllerAddress address, TestCa anchor) =>
        new(address, ServerPolicy.Anchored(anchor.Anchors), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestCa.Now));

    private static async Task GetAsync(VerifiedHandler handler, ControllerAddress address)
    {
        using HttpClient http = new(handler.Http, disposeHandler: false);
        await http.GetStringAsync(address.Base, Cancel);
    }

    private static async Task<string> AskAsync(Controllers controller, X509Certificate2 own)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, controller.Port, Cancel);
        await using SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            ServerTls.ClientOptions("localhost", [SslApplicationProtocol.Http11], static (_, _) => true,
                SslStreamCertificateContext.Create(own, null, offline: true)),
            Cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Request), Cancel);
        return await new StreamReader(stream).ReadToEndAsync(Cancel);
    }
}
