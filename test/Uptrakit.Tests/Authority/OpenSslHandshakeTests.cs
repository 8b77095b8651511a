using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

/// <summary>What really goes over the wire, judged by <c>openssl s_client</c>.</summary>
public sealed class OpenSslHandshakeTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handshake_ThroughAHandOver_HoldsForClientsOfEitherRootUntilTheFormerIsRetired()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = new(
            folder.Path, controller.Keys, controller.Issuer, controller.Store, controller.Clock, NullLogger<ServerLeafKeeper>.Instance);
        string former = openssl.Put("former.pem", controller.Now.Anchor);
        Assert.True(await HoldsAsync(openssl, keeper, former, certificates: 2));

        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot);
        string successor = openssl.Put("successor.pem", controller.Now.Bundle[^1]);
        string both = openssl.Put("both.pem", controller.Now.Bundle);
        Assert.True(await HoldsAsync(openssl, keeper, former, certificates: 2));
        Assert.True(await HoldsAsync(openssl, keeper, both, certificates: 2));

        await TestRotation.RunAsync(controller, RotationStep.ActivateRoot);
        Assert.True(await HoldsAsync(openssl, keeper, former, certificates: 3));
        Assert.True(await HoldsAsync(openssl, keeper, successor, certificates: 3));
        Assert.True(await HoldsAsync(openssl, keeper, both, certificates: 3));

        await TestRotation.RunAsync(controller, RotationStep.RetireRoot);
        Assert.True(await HoldsAsync(openssl, keeper, successor, certificates: 2));
        Assert.False(await HoldsAsync(openssl, keeper, former, certificates: 2));
    }

    [Fact]
    public async Task Verify_CrossSignedChainForAClientWithTheFormerRootOnly_IsStrictlyRight()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        string former = openssl.Put("former.pem", controller.Now.Anchor);
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot);
        Issued service = await controller.EnrollAsync();
        string leaf = openssl.Put("leaf.pem", service.Leaf);
        string all = openssl.Put("all.pem", controller.Now.ServerIntermediates);
        string withoutCross = openssl.Put("without.pem", controller.Now.Intermediates);

        await openssl.ExpectAsync("verify", "-x509_strict", "-check_ss_sig", "-CAfile", former, "-untrusted", all, leaf);
        Assert.NotEqual(0, (await openssl.RunAsync("verify", "-x509_strict", "-CAfile", former, "-untrusted", withoutCross, leaf)).Code);
    }

    public void Dispose() => folder.Dispose();

    private static async Task<bool> HoldsAsync(OpenSsl openssl, ServerLeafKeeper keeper, string anchors, int certificates)
    {
        Assert.True(ServerNames.TryParse(["controller.example"], out ServerNames? names, out _));
        Assert.Null(await keeper.RefreshAsync(names, Cancel));
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task server = ServeOnceAsync(listener, keeper.Current!.Context);
        (int code, string said) = await openssl.RunAsync("s_client", "-connect", listener.LocalEndpoint.ToString()!, "-servername", "controller.example",
            "-CAfile", anchors, "-no-CApath", "-no-CAstore", "-x509_strict", "-verify_return_error", "-verify_hostname", "controller.example", "-showcerts");
        await server;
        Assert.Equal(certificates, said.Split("-----BEGIN CERTIFICATE-----").Length - 1);
        return code == 0 && said.Contains("Verify return code: 0 (ok)", StringComparison.Ordinal);
    }

    private static async Task ServeOnceAsync(TcpListener listener, SslStreamCertificateContext context)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancel);
        using SslStream stream = new(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = context, AllowTlsResume = false }, Cancel);
            _ = await stream.ReadAsync(new byte[1], Cancel); // until the client has seen enough
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // The client refused us, which is for the test to judge.
        }
    }
}
