using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Contracts.Client;

/// <summary>The handler as gRPC uses it: HTTP/2, with a certificate of its own.</summary>
public sealed class HttpTwoTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();

    [Fact]
    public async Task Http2_WithAnOwnCertificate_ShowsItToTheVerifiedServer()
    {
        await using WebApplication server = await StartAsync();
        int port = new Uri(
            server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;
        X509Certificate2 own = Issuing.Leaf(new LeafSpec { CommonName = "agent", Purpose = LeafSpec.ClientAuth });
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(own, [Issuing.Certificate], offline: true);
        Assert.True(ControllerAddress.TryParse($"localhost:{port}", out ControllerAddress? address, out _));

        using VerifiedHandler handler = new(
            address,
            ServerPolicy.Anchored(Root.Anchors),
            new FakeTimeProvider(TestCa.Now),
            context
        );
        using HttpClient http = new(handler.Http, disposeHandler: false)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Assert.Equal(
            $"HTTP/2 {CertificateFingerprint.Of(own)}",
            await http.GetStringAsync(address.Base, TestContext.Current.CancellationToken)
        );
    }

    private static async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        X509Certificate2 leaf = Issuing.Leaf();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = leaf;
                        https.ServerCertificateChain = [Issuing.Certificate];
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = static (shown, _, _) => shown is not null;
                    })
            )
        );
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            X509Certificate2 shown = context.Connection.ClientCertificate!;
            await context.Response.WriteAsync($"{context.Request.Protocol} {CertificateFingerprint.Of(shown)}");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
