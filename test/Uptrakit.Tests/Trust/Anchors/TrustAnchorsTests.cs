using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Anchors;

public sealed class TrustAnchorsTests
{
    // ISRG Root X1, from the table on letsencrypt.org/certificates.
    private const string KnownRoot = "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6";

    private static readonly TestCa Root = TestCa.Root();

    [Fact]
    public void Anchors_OfNoSource_AreNone() => Assert.Empty(TrustAnchors.None.All);

    [Fact]
    public void Anchors_ComposedOfSources_KnowWhereEachIsFrom()
    {
        TestCa file = TestCa.Root("File");
        TrustAnchors anchors = TrustAnchors.None.WithBundle(Root.Bundle).WithCaFile(file.Bundle);
        Assert.Equal([AnchorSource.Bundle, AnchorSource.CaFile], anchors.All.Select(a => a.Source));
        Assert.Equal(AnchorSource.CaFile, Assert.Single(anchors.Named(file.Certificate.SubjectName.RawData)).Source);
        Assert.Empty(TrustAnchors.None.All);
    }

    [Fact]
    public void PublicRoots_CompiledIn_AreAuthoritiesFoundByTheirNames()
    {
        TrustAnchors anchors = TrustAnchors.None.WithPublicRoots();

        IReadOnlyList<TrustAnchor> all = anchors.All;

        Assert.InRange(all.Count, 100, 200);
        Assert.Equal(all.Count, anchors.Count);
        Assert.Contains(all, a => CertificateFingerprint.Of(a.Certificate).ToString() == KnownRoot);
        foreach (TrustAnchor anchor in all)
        {
            Assert.Equal(AnchorSource.PublicRoots, anchor.Source);
            Assert.Contains(anchor, anchors.Named(anchor.Certificate.SubjectName.RawData));
        }
    }

    [Fact]
    public void PublicRoots_RealServersOfTheVectors_ChainToThem()
    {
        Assert.SkipUnless(Limbo.TryFindFolder(out string folder), "no limbo.json: set UPTRAKIT_LIMBO to the folder that has it");
        foreach (LimboCase real in Limbo.Load(folder).Where(c => c.Id.StartsWith("online::", StringComparison.Ordinal)))
        {
            ServerVerdict verdict = real.Verify(TrustAnchors.None.WithPublicRoots());
            Assert.True(verdict.Accepted, $"{real.Id}: {verdict.Refusal}");
            Assert.Equal(AnchorSource.PublicRoots, verdict.Anchor!.Source);
        }
    }

    [Fact]
    public void NativeRoots_FileOfTheEnvironment_IsReadOnce()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["roots.pem"], Root.Bundle.ToPem());
        NativeRoots roots = NativeRoots.Load(name => name == "SSL_CERT_FILE" ? folder["roots.pem"] : null, []);

        File.WriteAllText(folder["roots.pem"], TestCa.Root("Later").Bundle.ToPem());

        TrustAnchor only = Assert.Single(TrustAnchors.None.WithNativeRoots(roots).All);
        Assert.Equal((Root.Fingerprint, AnchorSource.NativeRoots), (CertificateFingerprint.Of(only.Certificate), only.Source));
        Assert.Equal([folder["roots.pem"]], roots.Places);
    }

    [Fact]
    public void NativeRoots_FoldersOfTheEnvironment_ReplaceTheWellKnownFile()
    {
        using ScratchFolder folder = new();
        TestCa other = TestCa.Root("Other");
        Directory.CreateDirectory(folder["one"]);
        Directory.CreateDirectory(folder["two"]);
        File.WriteAllText(Path.Combine(folder["one"], "a.pem"), Root.Bundle.ToPem());
        File.WriteAllText(Path.Combine(folder["one"], "again.0"), Root.Bundle.ToPem());
        File.WriteAllText(Path.Combine(folder["two"], "b.pem"), other.Bundle.ToPem());
        File.WriteAllText(Path.Combine(folder["two"], "readme"), "no certificate");
        File.WriteAllText(folder["well-known"], TestCa.Root("Not this one").Bundle.ToPem());

        NativeRoots roots = NativeRoots.Load(
            name => name == "SSL_CERT_DIR" ? $"{folder["one"]}:{folder["two"]}:{folder["absent"]}" : null,
            [folder["well-known"]]
        );

        Assert.Equal(2, roots.Count);
    }

    [Fact]
    public void NativeRoots_WellKnownFile_IsTheFirstThatIsThere()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["debian"], Root.Bundle.ToPem());
        Assert.Equal(1, NativeRoots.Load(_ => null, [folder["absent"], folder["debian"]]).Count);
        Assert.Equal(0, NativeRoots.Load(_ => null, [folder["absent"]]).Count);
    }

    [Fact]
    public void NativeRoots_BrokenCertificate_HurtsNoOther()
    {
        using ScratchFolder folder = new();
        string broken = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
        // With its subject in place, so that it is found by it, and a null where the first date should be.
        byte[] der = Root.Certificate.RawData;
        der[der.AsSpan().IndexOf("\x17\x0d"u8)] = 5;
        string undated = new(PemEncoding.Write("CERTIFICATE", der));
        File.WriteAllText(folder["roots"], broken + undated + "\n" + Root.Bundle.ToPem());
        NativeRoots roots = NativeRoots.Load(_ => null, [folder["roots"]]);
        Assert.Equal(2, roots.Count);
        Assert.Single(TrustAnchors.None.WithNativeRoots(roots).All);
        using X509Certificate2 leaf = Root.Leaf();
        Assert.True(
            new ServerVerifier(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestCa.Now))
                .Verify(leaf, [], TrustAnchors.None.WithNativeRoots(roots), "localhost")
                .Accepted
        );
    }
}
