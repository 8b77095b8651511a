using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>What openssl and sslscan, which know nothing of us, find at a live Controller.</summary>
public sealed class ThirdPartyTests(ControllerWithPki shared) : FleetTest, IClassFixture<ControllerWithPki>
{
    private readonly ControllerProcess hub = shared.Process;
    private readonly int pki = shared.Port;
    private string ca = null!;

    private string Pki => $"http://127.0.0.1:{pki}/api/v1/pki";

    public override async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        using HttpClient http = new();
        ca = Scratch["ca.crt"];
        await File.WriteAllBytesAsync(ca, await http.GetByteArrayAsync(new Uri($"{Pki}/ca.crt"), Cancel), Cancel);
    }

    [Fact]
    public async Task OpenSslClient_WithTheServedRoot_VerifiesTheServer()
    {
        Ran ran = await OpenSslAsync("s_client", "-connect", $"127.0.0.1:{hub.Port}", "-servername", "localhost",
            "-verify_return_error", "-verify_hostname", "localhost", "-x509_strict", "-CAfile", ca);
        ran.Expect(0);
        Assert.Contains("Verify return code: 0 (ok)", ran.Output, StringComparison.Ordinal);
        Assert.Contains("TLSv1.3", ran.Output, StringComparison.Ordinal);

        Ran other = await OpenSslAsync("s_client", "-connect", $"127.0.0.1:{hub.Port}", "-verify_return_error",
            "-verify_hostname", "elsewhere.example", "-CAfile", ca);
        Assert.NotEqual(0, other.ExitCode);
    }

    [Fact]
    public async Task Fingerprint_ByOpenSsl_IsTheOneThatIsShownAndPinned()
    {
        Ran ran = (await OpenSslAsync("x509", "-in", ca, "-noout", "-fingerprint", "-sha256")).Expect(0);
        Assert.Equal($"sha256 Fingerprint={Colons(await hub.FingerprintAsync(Cancel))}", ran.Output.Trim());
    }

    [Fact]
    public async Task CrlAndOcsp_OfAGoodAndARevokedService_AgreeWithOpenSsl()
    {
        (string good, string issuing) = await EnrolledAsync("good");
        (string revoked, _) = await EnrolledAsync("revoked");
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificateFromFile(revoked);
        string id = (await hub.ServicesAsync(Cancel)).Single(s => s.GetProperty("friendly_name").GetString() == "revoked").GetProperty("id").GetString()!;
        (await hub.AdminAsync(Cancel, "services", "revoke", id)).Expect(0);

        Assert.Contains(": good", await AskAsync(issuing, good), StringComparison.Ordinal);
        Assert.Contains(": revoked", await AskAsync(issuing, revoked), StringComparison.Ordinal);

        string list = Scratch["issuing.crl"];
        using HttpClient http = new();
        await File.WriteAllBytesAsync(list, await http.GetByteArrayAsync(new Uri($"{Pki}/ca.crl"), Cancel), Cancel);
        Ran crl = (await OpenSslAsync("crl", "-inform", "DER", "-in", list, "-CAfile", issuing, "-noout", "-text")).Expect(0);
        Assert.Contains("verify OK", crl.Errors + crl.Output, StringComparison.Ordinal);
        Assert.Contains(leaf.SerialNumber, crl.Output, StringComparison.OrdinalIgnoreCase);
        (await OpenSslAsync("verify", "-x509_strict", "-CAfile", ca, "-untrusted", issuing, good)).Expect(0);
    }

    [Fact]
    public async Task PlainHttp_ServesOnlyWhatIsSignedOrPinned()
    {
        using HttpClient http = new();
        foreach (string path in (string[])["/healthz", "/api/v1/services", "/api/v1/me", "/", "/connect/token"])
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{pki}{path}"), Cancel);
            Assert.False(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode} over plain HTTP");
        }
    }

    [Theory]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    [InlineData("-tls1_1", false)]
    public async Task TlsVersion_OfTheController_IsAtLeast12(string version, bool taken)
    {
        Ran ran = await OpenSslAsync("s_client", "-connect", $"127.0.0.1:{hub.Port}", version, "-cipher", "ALL:@SECLEVEL=0");
        Assert.Equal(taken, ran.Output.Contains("Cipher is TLS_", StringComparison.Ordinal) || ran.Output.Contains("Cipher is ECDHE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SslScan_OfTheController_FindsNothingWeak()
    {
        Assert.SkipUnless(SslScan.IsAvailable, "sslscan is not installed");
        SslScan scan = await SslScan.OfAsync($"127.0.0.1:{hub.Port}", Cancel);
        Assert.Equal(["TLSv1.2", "TLSv1.3"], scan.Versions);
        Assert.All(scan.Ciphers, static cipher =>
        {
            Assert.True(cipher.Bits >= 128, $"{cipher} is short");
            Assert.Matches("^(TLS_|ECDHE-).*(GCM|CHACHA20|POLY1305)", cipher.Name);
        });
    }

    private async Task<(string Leaf, string Issuing)> EnrolledAsync(string name)
    {
        ServiceProcess agent = NewService();
        agent.Launch(await hub.TokenAsync(Cancel), "--enrollment-token-file", "-", "--friendly-name", name);
        await agent.ConnectedAsync(Cancel);
        X509Certificate2[] chain = CertificatesIn(agent.State().GetProperty("service").GetProperty("certificate"));
        await File.WriteAllTextAsync(Scratch[$"{name}.pem"], chain[0].ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(Scratch["issuing.pem"], chain[1].ExportCertificatePem(), Cancel);
        return (Scratch[$"{name}.pem"], Scratch["issuing.pem"]);
    }

    private async Task<string> AskAsync(string issuing, string leaf)
    {
        Ran ran = (await OpenSslAsync("ocsp", "-issuer", issuing, "-cert", leaf, "-url", $"{Pki}/ocsp", "-CAfile", ca, "-verify_other", issuing)).Expect(0);
        Assert.Contains("Response verify OK", ran.Errors, StringComparison.Ordinal);
        return ran.Output;
    }

    private static Task<Ran> OpenSslAsync(params string[] arguments) => Ran.OfAsync(new ProcessStartInfo("/usr/bin/openssl", arguments), Cancel);
}

/// <summary>A Controller that serves its lists on a port of their own.</summary>
public sealed class ControllerWithPki : IAsyncLifetime
{
    private readonly ScratchFolder scratch = new();

    public ControllerWithPki() => Process = new ControllerProcess(scratch["hub"]);

    internal ControllerProcess Process { get; }

    internal int Port { get; } = Ports.Free();

    public async ValueTask InitializeAsync() => await SharedController.StartAsync(
        Process, TestContext.Current.CancellationToken, "--pki-addr", $"127.0.0.1:{Port}", "--pki-http", "listener");

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        scratch.Dispose();
    }
}
