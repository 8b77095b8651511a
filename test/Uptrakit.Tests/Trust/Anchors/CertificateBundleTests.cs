using System.Text;
using CsCheck;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Trust.Anchors;

public sealed class CertificateBundleTests
{
    private static readonly TestCa First = TestCa.Root("R1");
    private static readonly TestCa Second = TestCa.Root("R2");

    [Fact]
    public void Pem_OfAuthorities_KeepsItsOrderAndEachOnce()
    {
        string pem = "# words\n" + Second.Bundle.ToPem() + First.Bundle.ToPem() + Second.Bundle.ToPem();
        CertificateBundle bundle = Parse(pem);
        Assert.Equal([Second.Fingerprint, First.Fingerprint], bundle.Certificates.Select(CertificateFingerprint.Of));
        Assert.Equal(Second.Bundle.ToPem() + First.Bundle.ToPem(), bundle.ToPem());
        Assert.NotNull(bundle.Find(First.Fingerprint));
        Assert.Null(bundle.Find(TestCa.Root().Fingerprint));
    }

    [Fact]
    public void Pem_OfAnotherKind_IsPassedOver() =>
        Assert.Single(Parse("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n" + First.Bundle.ToPem()).Certificates);

    [Fact]
    public void Pem_WithALeaf_IsRefused() =>
        AssertFault(BundleFault.NotACa, First.Bundle.ToPem() + First.Leaf().ExportCertificatePem());

    [Fact]
    public void Pem_WithoutACertificate_IsRefused() => AssertFault(BundleFault.NoCertificate, "<html>not found</html>");

    [Fact]
    public void Pem_WithGarbageInABlock_IsRefused() =>
        AssertFault(
            BundleFault.Unreadable,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + First.Bundle.ToPem()
        );

    [Fact]
    public void Pem_TooLarge_IsRefused() =>
        AssertFault(BundleFault.TooLarge, First.Bundle.ToPem() + new string(' ', CertificateBundle.MaximumSize));

    [Fact]
    public void Pem_OfMoreThanSixteen_IsRefused()
    {
        string sixteen = string.Concat(
            Enumerable.Range(0, CertificateBundle.MaximumCertificates).Select(i => TestCa.Root($"R{i}").Bundle.ToPem())
        );
        Assert.Equal(16, Parse(sixteen).Certificates.Count);
        AssertFault(BundleFault.TooManyCertificates, sixteen + First.Bundle.ToPem());
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows()
    {
        byte[] pem = Encoding.ASCII.GetBytes(First.Bundle.ToPem());
        Gen.Select(Gen.Int[0, pem.Length - 1], Gen.Byte)
            .Array[1, 8]
            .Sample(
                changes =>
                {
                    byte[] changed = [.. pem];
                    foreach ((int at, byte value) in changes)
                        changed[at] = value;
                    bool good = CertificateBundle.TryParse(changed, out CertificateBundle? bundle, out BundleFault fault);
                    return good == (bundle is not null) && good == (fault is BundleFault.None);
                },
                iter: 300
            );
    }

    private static CertificateBundle Parse(string pem)
    {
        Assert.True(
            CertificateBundle.TryParse(Encoding.ASCII.GetBytes(pem), out CertificateBundle? bundle, out BundleFault fault),
            fault.ToString()
        );
        return bundle;
    }

    private static void AssertFault(BundleFault expected, string pem)
    {
        Assert.False(CertificateBundle.TryParse(Encoding.ASCII.GetBytes(pem), out _, out BundleFault fault));
        Assert.Equal(expected, fault);
    }
}
