using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Contracts.Client;
using Uptrakit.Controller.Host;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Hub.Host;

public sealed class HttpsListenerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_StrongVersions_Work(SslProtocols version)
    {
        await using TestController controller = await TestController.StartAsync();

        await using SslStream stream = await HandshakeAsync(controller, version, null);

        Assert.Equal(version, stream.SslProtocol);
        Assert.Equal(SslApplicationProtocol.Http2, stream.NegotiatedApplicationProtocol);
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384)]
    public async Task Handshake_WeakSuite_IsRefused(TlsCipherSuite suite)
    {
        await using TestController controller = await TestController.StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(async () => await HandshakeAsync(controller, SslProtocols.Tls12, new CipherSuitesPolicy([suite])));
    }

    [Fact]
    public async Task Names_OfSan_AreThoseOfTheCertificate()
    {
        await using TestController controller = await TestController.StartAsync(shape: static raw => raw.Names = ["hub.example.org", "127.0.0.1"]);
        using VerifiedHandler handler = controller.Handler();
        using HttpClient http = new(handler.Http, disposeHandler: false);
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(controller.Address.Base, "/healthz"), Cancel));

        Assert.True(ControllerAddress.TryParse($"localhost:{controller.Port}", out ControllerAddress? byName, out _));
        using VerifiedHandler other = new(byName, ServerPolicy.Anchored(Uptrakit.Trust.Anchors.TrustAnchors.None.WithBundle(
            Uptrakit.Trust.Anchors.CertificateBundle.Of([controller.Root]))), TimeProvider.System);
        using HttpClient wrongName = new(other.Http, disposeHandler: false);
        await Assert.ThrowsAsync<HttpRequestException>(() => wrongName.GetStringAsync(new Uri(byName.Base, "/healthz"), Cancel));
        Assert.Equal(ServerRefusal.NameMismatch, other.Verdict?.Refusal);
    }

    [Fact]
    public async Task Names_LaterStartWithoutSan_StayInTheCertificate()
    {
        IReadOnlyList<string> san = ["hub.example.org", "127.0.0.1"];
        await using TestController controller = await TestController.StartAsync(shape: raw => raw.Names = san);

        await controller.RestartAsync(() => san = []);
        Assert.True(controller.Get<ServerCertificate>().Current.Leaf.MatchesHostname("hub.example.org"));
        Assert.True(controller.Get<ServerCertificate>().Current.Leaf.MatchesHostname("localhost"));

        await controller.RestartAsync(() => san = ["other.example.org"]);
        Assert.False(controller.Get<ServerCertificate>().Current.Leaf.MatchesHostname("hub.example.org"));
    }

    [Fact]
    public async Task OperatorsCertificate_IsShownAndReplacedWithoutARestart()
    {
        using Shared.ScratchFolder folder = new();
        WritePair(folder, "first.example.org");
        await using TestController controller = await TestController.StartAsync(shape: raw => (raw.TlsCert, raw.TlsKey) = (folder["tls.pem"], folder["tls.key"]));
        await using SslStream first = await HandshakeAsync(controller, SslProtocols.Tls13, null);
        string before = first.RemoteCertificate!.Subject;

        WritePair(folder, "second.example.org");
        Assert.Null(await controller.Get<ServerCertificate>().RefreshAsync(Cancel));
        await using SslStream second = await HandshakeAsync(controller, SslProtocols.Tls13, null);

        Assert.Equal(("CN=first.example.org", "CN=second.example.org"), (before, second.RemoteCertificate!.Subject));
    }

    [Fact]
    public async Task OperatorsCa_SignsTheServerAndIsWhatServicesPin()
    {
        using Shared.ScratchFolder folder = new();
        using X509Certificate2 ca = WriteCa(folder);

        await using TestController controller = await TestController.StartAsync(shape: raw => (raw.CaCert, raw.CaKey) = (folder["ca.pem"], folder["ca.key"]));

        Assert.Equal(ca.RawData, controller.Root.RawData);
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);
        Assert.Equal("CN=Corporate CA", service.Certificate!.Issuer);
    }

    [Fact]
    public async Task OperatorsCa_OutOfPipes_IsTaken()
    {
        using Shared.ScratchFolder folder = new();
        using X509Certificate2 ca = WriteCa(folder);
        using TestPipe certificate = new(await File.ReadAllBytesAsync(folder["ca.pem"], Cancel));
        using TestPipe key = new(await File.ReadAllBytesAsync(folder["ca.key"], Cancel));

        await using TestController controller = await TestController.StartAsync(shape: raw => (raw.CaCert, raw.CaKey) = (certificate.Path, key.Path));

        Assert.Equal(ca.RawData, controller.Root.RawData);
    }

    [Fact]
    public async Task OperatorsCa_KeyThatOthersCanRead_StopsTheStart()
    {
        using Shared.ScratchFolder folder = new();
        using X509Certificate2 ca = WriteCa(folder);
        File.SetUnixFileMode(folder["ca.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        RawServeOptions raw = new() { StateFolder = folder.Path, HttpsAddress = "127.0.0.1:0", CaCert = folder["ca.pem"], CaKey = folder["ca.key"] };

        await using ControllerApp app = ControllerApp.Build(ServeOptions.Read(raw, out _)!, NullLoggerFactory.Instance, TimeProvider.System);

        Assert.StartsWith($"--ca-key: {folder["ca.key"]} can be read", await app.StartAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public void Gate_StrangersBeyondTheirShare_AreTurnedAwayUntilOneLeaves()
    {
        ConnectionGate gate = new(NullLogger<ConnectionGate>.Instance);
        IPAddress one = IPAddress.Parse("192.0.2.1");
        for (int i = 0; i < ConnectionGate.MostOfOne; i++)
            Assert.True(gate.TryEnter(one));

        Assert.False(gate.TryEnter(one));
        Assert.True(gate.TryEnter(IPAddress.Parse("192.0.2.2")));
        gate.Leave(one);
        Assert.True(gate.TryEnter(one));
        Assert.Equal(ConnectionGate.MostOfOne + 1, gate.Strangers);
    }

    [Fact]
    public void Gate_OneHostWithAWholeNetwork_IsOneAddress() => Assert.Equal(
        ConnectionGate.AddressOf(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1)),
        ConnectionGate.AddressOf(new IPEndPoint(IPAddress.Parse("2001:db8::ffff:2"), 2)));

    private static X509Certificate2 WriteCa(Shared.ScratchFolder folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Corporate CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        X509Certificate2 ca = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(2));
        File.WriteAllText(folder["ca.pem"], ca.ExportCertificatePem());
        File.WriteAllText(folder["ca.key"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder["ca.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ca;
    }

    private static void WritePair(Shared.ScratchFolder folder, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 leaf = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(folder["tls.pem"], leaf.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder["tls.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<SslStream> HandshakeAsync(TestController controller, SslProtocols version, CipherSuitesPolicy? suites)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, controller.Port, Cancel);
        SslStream stream = new(client.GetStream());
        SslClientAuthenticationOptions options = ServerTls.ClientOptions(
            "127.0.0.1", [SslApplicationProtocol.Http2], static (_, _) => true);
        options.EnabledSslProtocols = version;
        options.CipherSuitesPolicy = suites;
        await stream.AuthenticateAsClientAsync(options, Cancel);
        return stream;
    }
}
