using System.Diagnostics;
using System.Security.Cryptography;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class OpenSslChainTests
{
    [Fact]
    public async Task Verify_Strict_AcceptsBothKindsOfLeaves()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        Assert.True(PkiAddress.TryParse("pki.example:8080", out PkiAddress? pki));
        await using TestController controller = await TestController.StartAsync(pki);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string root = openssl.Put("root.pem", controller.Now.Bundle);
        string issuing = openssl.Put("issuing.pem", controller.Now.Intermediates);
        string server = openssl.Put("server.pem", controller.IssueServer(key, "controller.example", "127.0.0.1").Leaf);
        string service = openssl.Put("service.pem", (await controller.EnrollAsync()).Leaf);

        string[] strict = ["verify", "-x509_strict", "-check_ss_sig", "-CAfile", root, "-untrusted", issuing];
        await openssl.ExpectAsync([.. strict, "-purpose", "sslserver", "-verify_hostname", "controller.example", server]);
        await openssl.ExpectAsync([.. strict, "-purpose", "sslserver", "-verify_ip", "127.0.0.1", server]);
        await openssl.ExpectAsync([.. strict, "-purpose", "sslclient", service]);
        await openssl.ExpectAsync("verify", "-x509_strict", "-check_ss_sig", "-CAfile", root, root);

        Assert.NotEqual(0, (await openssl.RunAsync([.. strict, "-purpose", "sslclient", server])).Code);
        Assert.NotEqual(0, (await openssl.RunAsync([.. strict, "-purpose", "sslserver", service])).Code);
        Assert.NotEqual(0, (await openssl.RunAsync([.. strict, "-verify_hostname", "other.example", server])).Code);
    }

    [Fact]
    public async Task Text_OfALeaf_HasTheAddressesOfThePki()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        Assert.True(PkiAddress.TryParse("pki.example:8080", out PkiAddress? pki));
        await using TestController controller = await TestController.StartAsync(pki);
        string leaf = openssl.Put("leaf.pem", (await controller.EnrollAsync()).Leaf);

        string text = await openssl.ExpectAsync("x509", "-in", leaf, "-noout", "-text");

        string keyId = controller.Now.Issuing.KeyId;
        Assert.Contains($"URI:http://pki.example:8080/api/v1/pki/crl/{keyId}\n", text, StringComparison.Ordinal);
        Assert.Contains($"CA Issuers - URI:http://pki.example:8080/api/v1/pki/issuer/{keyId}.crt\n", text, StringComparison.Ordinal);
        Assert.Contains("OCSP - URI:http://pki.example:8080/api/v1/pki/ocsp\n", text, StringComparison.Ordinal);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
    }
}
