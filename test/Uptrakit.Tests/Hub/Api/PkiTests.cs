using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Fleet;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Hub.Api;

public sealed class PkiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PlainListener_ServesWhatIsSignedAndNothingElse()
    {
        int port = Ports.Free();
        await using TestController controller = await TestController.StartAsync(shape: raw =>
        {
            raw.PkiAddress = $"127.0.0.1:{port}";
            raw.PkiHttp = "listener";
        });
        using HttpClient plain = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
        string keyId = controller.Get<AuthorityKeys>().Current.Issuing.KeyId;

        foreach (string path in new[] { "/api/v1/pki/ca.crt", "/api/v1/pki/ca.crl", $"/api/v1/pki/crl/{keyId}", $"/api/v1/pki/issuer/{keyId}.crt" })
        {
            using HttpResponseMessage answer = await plain.GetAsync(path, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        foreach (string path in new[] { "/healthz", "/api/v1/services", "/", "/connect/token", "/api/v1/pki/../services", "/api/v1/pki/crl/00" })
        {
            using HttpResponseMessage answer = await plain.GetAsync(path, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task PlainListener_AtAnAddress_IsOpenThereOnly()
    {
        int port = Ports.Free();
        await using TestController controller = await TestController.StartAsync(shape: raw => (raw.PkiAddress, raw.PkiHttp) = ($"127.0.0.1:{port}", "listener"));
        using TcpClient there = new();
        await there.ConnectAsync(IPAddress.Loopback, port, Cancel);

        using TcpClient elsewhere = new();
        SocketException refused = await Assert.ThrowsAsync<SocketException>(async () => await elsewhere.ConnectAsync(IPAddress.Parse("127.0.0.2"), port, Cancel));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task PkiAddress_IsInWhatIsIssued()
    {
        await using TestController controller = await TestController.StartAsync(shape: static raw => raw.PkiAddress = "pki.example.org:8080");
        using TestService service = await TestService.EnrolledAsync(controller, Cancel);

        string text = string.Join('\n', service.Certificate!.Extensions.Select(static extension => extension.Format(true)));

        Assert.Contains("http://pki.example.org:8080/api/v1/pki/crl/", text, StringComparison.Ordinal);
        Assert.Contains("http://pki.example.org:8080/api/v1/pki/ocsp", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ocsp_RequestTooLargeOrOfAnotherType_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http();
        using ByteArrayContent large = new(new byte[OcspRequest.MaximumSize + 1]);
        large.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using StringContent text = new("hello");

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/pki/ocsp", large, Cancel);
        using HttpResponseMessage refused = await http.PostAsync("/api/v1/pki/ocsp", text, Cancel);

        Assert.Equal([0x30, 0x03, 0x0a, 0x01, 0x01], await answer.Content.ReadAsByteArrayAsync(Cancel)); // malformedRequest
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
    }

    [Fact]
    public async Task Ocsp_FloodFromOneAddress_IsBounded()
    {
        await using TestController controller = await TestController.StartAsync(
            clock: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        HttpClient http = controller.Http();
        int served = 0;
        for (int i = 0; i < 210; i++)
        {
            using HttpResponseMessage answer = await http.GetAsync("/api/v1/pki/ocsp/MAMKAQE=", Cancel);
            served += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.Equal(200, served);
    }

    [Fact]
    public async Task HandOver_AfterARootWasActivated_HoldsTheFormerRootAndWhatItSigned()
    {
        await using TestController controller = await TestController.StartAsync();
        byte[] former = controller.Root.RawData;
        foreach (string step in new[] { "prepare", "distribute", "activate" })
        {
            Assert.Null((await controller.Get<Uptrakit.Controller.Settings.CertificateSettings>().RotateAsync(
                new Uptrakit.Contracts.Api.RotateCaRequest("root", step), "user:alice", Cancel)).Code);
        }

        System.Security.Cryptography.X509Certificates.X509Certificate2Collection pair = [];
        pair.ImportFromPem(await controller.Http().GetStringAsync("/api/v1/pki/handover.crt", Cancel));

        Assert.Equal(2, pair.Count);
        Assert.Equal(former, pair[0].RawData);
        Assert.Equal(controller.Root.SubjectName.RawData, pair[1].SubjectName.RawData);
        Assert.Equal(pair[0].SubjectName.RawData, pair[1].IssuerName.RawData);
    }
}
