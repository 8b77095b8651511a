using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class OpenSslRevocationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_CrlCheckAll_AcceptsTheGoodAndRefusesTheRevoked()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        using CrlPublisher crls = new(controller.Store, controller.Keys, controller.Clock);
        Issued good = await controller.EnrollAsync();
        Issued revoked = await controller.EnrollAsync();
        controller.Store.Revoke(revoked.Record, controller.Clock.GetUtcNow(), X509RevocationReason.KeyCompromise);
        string root = openssl.Put("root.pem", controller.Now.Bundle);
        string issuing = openssl.Put("issuing.pem", controller.Now.Intermediates);
        string ofIssuing = openssl.Put("issuing.crl", await crls.OfIssuingAsync(Cancel));
        string ofRoot = openssl.Put("root.crl", (await crls.FindAsync(controller.Now.Roots[0].KeyId, Cancel))!);
        await openssl.ExpectAsync("crl", "-inform", "DER", "-in", ofIssuing, "-out", openssl["issuing.crl.pem"]);
        await openssl.ExpectAsync("crl", "-inform", "DER", "-in", ofRoot, "-out", openssl["root.crl.pem"]);

        string[] check =
        [
            "verify", "-x509_strict", "-crl_check_all", "-CAfile", root, "-untrusted", issuing,
            "-CRLfile", openssl["issuing.crl.pem"], "-CRLfile", openssl["root.crl.pem"],
        ];
        await openssl.ExpectAsync([.. check, openssl.Put("good.pem", good.Leaf)]);
        (int code, string said) = await openssl.RunAsync([.. check, openssl.Put("revoked.pem", revoked.Leaf)]);

        Assert.NotEqual(0, code);
        Assert.Contains("certificate revoked", said, StringComparison.Ordinal);
        Assert.Contains("verify OK", await openssl.ExpectAsync("crl", "-in", openssl["issuing.crl.pem"], "-CAfile", issuing, "-noout"), StringComparison.Ordinal);
        string text = await openssl.ExpectAsync("crl", "-in", openssl["issuing.crl.pem"], "-noout", "-text");
        Assert.Contains("Key Compromise", text, StringComparison.Ordinal);
        Assert.Contains(revoked.Record.Serial.ToUpperInvariant(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ocsp_GoodRevokedAndUnknown_IsSaidToOpenSsl()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        Issued good = await controller.EnrollAsync();
        Issued revoked = await controller.EnrollAsync();
        controller.Store.Revoke(revoked.Record, controller.Clock.GetUtcNow(), X509RevocationReason.CessationOfOperation);

        Assert.Contains("leaf.pem: good", await AskAsync(openssl, controller, good.Leaf), StringComparison.Ordinal);
        string said = await AskAsync(openssl, controller, revoked.Leaf);
        Assert.Contains("leaf.pem: revoked", said, StringComparison.Ordinal);
        Assert.Contains("Reason: cessationOfOperation", said, StringComparison.Ordinal);

        // Signed by our CA and never stored: whoever holds the CA's key can make those.
        Assert.True(controller.Issuer.TryIssueService(
            controller.Now, SigningRequest.For(System.Security.Cryptography.ECDsa.Create()), Guid.NewGuid(), out Issued? stray, out _));
        Assert.Contains("leaf.pem: unknown", await AskAsync(openssl, controller, stray.Leaf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ocsp_LeafOfARetiringCa_IsAnsweredByThatCa()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        Issued former = await controller.EnrollAsync();
        LiveCa issuer = controller.Now.Issuing;
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing);
        Issued later = await controller.EnrollAsync();

        Assert.Contains("leaf.pem: good", await AskAsync(openssl, controller, former.Leaf, issuer), StringComparison.Ordinal);
        Assert.Contains("leaf.pem: good", await AskAsync(openssl, controller, later.Leaf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ocsp_IssuingCa_IsAnsweredByTheRoot()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await using TestController controller = await TestController.StartAsync();
        LiveCa root = controller.Now.Roots[0];

        Assert.Contains("leaf.pem: good", await AskAsync(openssl, controller, controller.Now.Issuing.Certificate, root), StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(OpenSsl openssl, TestController controller, X509Certificate2 leaf, LiveCa? issuer = null)
    {
        string issuing = openssl.Put("issuer.pem", (issuer ?? controller.Now.Issuing).Certificate);
        string root = openssl.Put("root.pem", controller.Now.Roots[0].Certificate);
        string certificate = openssl.Put("leaf.pem", leaf);
        await openssl.ExpectAsync("ocsp", "-issuer", issuing, "-cert", certificate, "-reqout", openssl["request.der"]);
        OcspResponder responder = new(controller.Store, controller.Keys, controller.Clock);
        openssl.Put("response.der", await responder.RespondAsync(await File.ReadAllBytesAsync(openssl["request.der"], Cancel), Cancel));

        // Twice, because openssl puts a second nonce into a request that it reads beside a certificate.
        string said = await openssl.ExpectAsync("ocsp", "-reqin", openssl["request.der"], "-respin", openssl["response.der"], "-CAfile", root);
        Assert.Contains("Response verify OK", said, StringComparison.Ordinal);
        Assert.DoesNotContain("nonce", said, StringComparison.OrdinalIgnoreCase);
        return await openssl.ExpectAsync("ocsp", "-no_nonce", "-issuer", issuing, "-cert", certificate,
            "-respin", openssl["response.der"], "-CAfile", root);
    }
}
