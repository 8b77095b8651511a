using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class ExternalCaTests : IDisposable
{
    private const X509KeyUsageFlags SignsBoth = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithACaOfTheOperators_IssuesUnderItsRoot()
    {
        X509Certificate2 root = Root();
        X509Certificate2 ca = Below(root);
        await using TestController controller = await TestController.StartAsync(external: Parse([ca, root]));

        Issued issued = await controller.EnrollAsync();

        Assert.Equal([root.RawData], controller.Now.Bundle.Select(anchor => anchor.RawData));
        Assert.Equal([issued.Leaf.RawData, ca.RawData], issued.Chain);
        ClientVerifier verifier = new(controller.Options, controller.Keys, controller.Store, controller.Clock);
        Assert.True((await verifier.VerifyAsync(issued.Leaf, Cancel)).Accepted);
        using OpenSsl openssl = OpenSsl.OrSkip();
        await openssl.ExpectAsync("verify", "-x509_strict", "-CAfile", openssl.Put("root.pem", root), "-untrusted", openssl.Put("ca.pem", ca),
            "-purpose", "sslclient", openssl.Put("leaf.pem", issued.Leaf));
    }

    [Fact]
    public async Task Start_WithARootOfTheOperators_ThatRootSignsLeaves()
    {
        X509Certificate2 root = Root();
        await using TestController controller = await TestController.StartAsync(external: Parse([root], rootKey));

        Issued issued = await controller.EnrollAsync();

        Assert.Single(issued.Chain);
        Assert.Equal(root.RawData, controller.Now.Anchor.RawData);
        Assert.Empty(controller.Now.ServerIntermediates);
    }

    [Fact]
    public async Task Start_RsaCa_SignsToo()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Dress(request, SignsBoth, pathLength: 0);
        X509Certificate2 root = request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(1));

        await using TestController controller = await TestController.StartAsync(external: Parse([root], rsa));

        Assert.Equal("1.2.840.113549.1.1.11", (await controller.EnrollAsync()).Leaf.SignatureAlgorithm.Value);
    }

    [Fact]
    public async Task Start_Again_TakesTheSameRenewsUnderTheSameRootAndRefusesAnother()
    {
        X509Certificate2 root = Root();
        ExternalCa first = Parse([Below(root), root]);
        await using TestController controller = await TestController.StartAsync(external: first);
        Issued old = await controller.EnrollAsync();

        Assert.Null(await controller.Keys.StartAsync(first, Cancel));
        Assert.Null(await controller.Keys.StartAsync(null, Cancel));
        Assert.Equal(1, controller.Store.Saves);

        using ECDsa fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(await controller.Keys.StartAsync(Parse([Below(root, "fresh", with: fresh), root], fresh), Cancel));
        Assert.Equal("CN=fresh", controller.Now.Issuing.Certificate.Subject);
        Assert.Equal(2, controller.Now.Accepted.Count);
        ClientVerifier verifier = new(controller.Options, controller.Keys, controller.Store, controller.Clock);
        Assert.True((await verifier.VerifyAsync(old.Leaf, Cancel)).Accepted);

        Assert.Contains("replaced", await controller.Keys.StartAsync(first, Cancel), StringComparison.Ordinal);
        X509Certificate2 other = Root("other");
        Assert.Contains("another root", await controller.Keys.StartAsync(Parse([Below(other), other]), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SameCaWithANewerCertificate_StaysThatCa()
    {
        X509Certificate2 root = Root();
        ExternalCa first = Parse([Below(root, to: Now.AddYears(1)), root]);
        await using TestController controller = await TestController.StartAsync(external: first);
        Guid id = controller.Now.Issuing.Id;
        Issued old = await controller.EnrollAsync();

        Assert.Null(await controller.Keys.StartAsync(Parse([Below(root, to: Now.AddYears(2)), root]), Cancel));

        Assert.Equal(id, Assert.Single(controller.Now.Accepted).Id);
        Assert.Equal(Now.AddYears(2), controller.Now.Issuing.NotAfter, TimeSpan.FromSeconds(1));
        ClientVerifier verifier = new(controller.Options, controller.Keys, controller.Store, controller.Clock);
        Assert.True((await verifier.VerifyAsync(old.Leaf, Cancel)).Accepted);
        Assert.Contains("older", await controller.Keys.StartAsync(first, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhereTheControllerHasItsOwnCa_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        X509Certificate2 root = Root();

        Assert.Contains("first start", await controller.Keys.StartAsync(Parse([Below(root), root]), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_ExternalCa_IsRefusedWithTheWayOut()
    {
        X509Certificate2 root = Root();
        await using TestController controller = await TestController.StartAsync(external: Parse([Below(root), root]));

        StepOutcome outcome = await TestRotation.Of(controller).RunAsync(RotationStep.PrepareIssuing, force: true, Cancel);

        Assert.Equal(StepResult.Refused, outcome.Result);
        Assert.Contains("--ca-cert", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_CaThatMayNotOrCannot_IsRefusedWithTheReason()
    {
        X509Certificate2 root = Root();
        Assert.Contains("not a CA", Fault([Below(root, ca: false), root]), StringComparison.Ordinal);
        Assert.Contains("may not sign", Fault([Below(root, usage: X509KeyUsageFlags.KeyCertSign), root]), StringComparison.Ordinal);
        Assert.Contains("has expired", Fault([Below(root, to: Now.AddDays(-1)), root]), StringComparison.Ordinal);
        Assert.Contains("not valid before", Fault([Below(root, from: Now.AddDays(1)), root]), StringComparison.Ordinal);
        Assert.Contains("not a root", Fault([Below(root)]), StringComparison.Ordinal);
        Assert.Contains("do not form one chain", Fault([Below(root), Root("stranger")]), StringComparison.Ordinal);
        X509Certificate2 narrow = Root(pathLength: 0);
        Assert.Contains("pathLenConstraint", Fault([Below(narrow), narrow]), StringComparison.Ordinal);
        Assert.Contains("does not belong", Fault([Below(root), root], rootKey), StringComparison.Ordinal);
        Assert.Null(Fault([Below(root), root])); // the twin of them all
    }

    [Fact]
    public void Parse_GarbageOrWeakKey_IsRefused()
    {
        Assert.False(ExternalCa.TryParse("no"u8, "no"u8, Now, out _, out string? fault));
        Assert.Contains("--ca-cert", fault, StringComparison.Ordinal);
        X509Certificate2 root = Root();
        Assert.False(ExternalCa.TryParse(Pem([root]), "no"u8, Now, out _, out fault));
        Assert.Contains("--ca-key", fault, StringComparison.Ordinal);
        Assert.False(ExternalCa.TryParse(new byte[1 << 20], "no"u8, Now, out _, out fault));

        using RSA weak = RSA.Create(1024);
        CertificateRequest request = new("CN=weak", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Dress(request, SignsBoth, pathLength: 0);
        Assert.Contains("2048", Fault([request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(1))], weak), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        rootKey.Dispose();
        key.Dispose();
    }

    private static void Dress(CertificateRequest request, X509KeyUsageFlags usage, int pathLength, bool ca = true)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(ca, ca, ca ? pathLength : 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
    }

    private static byte[] Pem(X509Certificate2[] chain) =>
        Encoding.ASCII.GetBytes(string.Join('\n', chain.Select(certificate => certificate.ExportCertificatePem())));

    private X509Certificate2 Root(string name = "corporate", int pathLength = 1)
    {
        CertificateRequest request = new($"CN={name}", rootKey, HashAlgorithmName.SHA384);
        Dress(request, SignsBoth, pathLength);
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(10));
    }

    private X509Certificate2 Below(
        X509Certificate2 root,
        string name = "sub",
        bool ca = true,
        X509KeyUsageFlags usage = SignsBoth,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        ECDsa? with = null)
    {
        CertificateRequest request = new($"CN={name}", with ?? key, HashAlgorithmName.SHA384);
        Dress(request, usage, pathLength: 0, ca);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        return request.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), from ?? root.NotBefore, to ?? root.NotAfter, SerialText.Fresh());
    }

    private ExternalCa Parse(X509Certificate2[] chain, AsymmetricAlgorithm? with = null)
    {
        byte[] keyPem = Encoding.ASCII.GetBytes((with ?? key).ExportPkcs8PrivateKeyPem());
        Assert.True(ExternalCa.TryParse(Pem(chain), keyPem, Now, out ExternalCa? value, out string? fault), fault);
        return value;
    }

    private string? Fault(X509Certificate2[] chain, AsymmetricAlgorithm? with = null)
    {
        ExternalCa.TryParse(Pem(chain), Encoding.ASCII.GetBytes((with ?? key).ExportPkcs8PrivateKeyPem()), Now, out _, out string? fault);
        return fault;
    }
}
