using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>More than one way up, and what binds the whole of a path.</summary>
public sealed partial class ServerVerifierTests
{
    [Fact]
    public void Verify_NameOutsideOfTheConstraints_IsRefused()
    {
        // permittedSubtrees [0] { dNSName [2] "corp.example" }
        byte[] permitted = [0x30, 0x12, 0xA0, 0x10, 0x30, 0x0E, 0x82, 0x0C, .. "corp.example"u8];
        TestCa corp = Root.Issue("Corp", extra: new X509Extension("2.5.29.30", permitted, critical: true));
        X509Certificate2 inside = corp.Leaf(new LeafSpec { DnsNames = ["a.corp.example"] });
        X509Certificate2 outside = corp.Leaf(new LeafSpec { DnsNames = ["a.corp.example", "localhost"] });

        Assert.True(Verify(inside, [corp.Certificate], Root.Anchors, "a.corp.example").Accepted);
        Assert.Equal(ServerRefusal.NameConstraint, Verify(outside, [corp.Certificate], Root.Anchors).Refusal);
    }

    [Fact]
    public void Verify_CrossSignedNewRoot_IsAcceptedInEveryOrderByOldAndNewAnchors()
    {
        TestCa successor = TestCa.Root("Test Root 2");
        X509Certificate2 cross = Root.CrossSign(successor);
        TestCa below = successor.Issue("Issuing 2");
        X509Certificate2 leaf = below.Leaf();

        foreach (TrustAnchors anchors in new[] { Root.Anchors, successor.Anchors, Root.Anchors.WithCaFile(successor.Bundle) })
        {
            Assert.True(Verify(leaf, [below.Certificate, cross, successor.Certificate], anchors).Accepted);
            Assert.True(Verify(leaf, [successor.Certificate, cross, below.Certificate], anchors).Accepted);
        }
    }

    [Fact]
    public void Verify_TwoRootsOfOneName_AreBothTried()
    {
        TestCa first = TestCa.Root("Same");
        TestCa second = TestCa.Root("Same");
        foreach (
            X509Certificate2[] order in new[]
            {
                [first.Certificate, second.Certificate],
                new[] { second.Certificate, first.Certificate },
            }
        )
        {
            TrustAnchors anchors = TrustAnchors.None.WithBundle(CertificateBundle.Of(order));
            Assert.True(Verify(first.Leaf(), [], anchors).Accepted);
            Assert.True(Verify(second.Leaf(), [], anchors).Accepted);
        }
    }

    [Fact]
    public void Verify_MoreCertificatesThanAnHonestChain_IsRefused()
    {
        X509Certificate2[] many = [.. Enumerable.Range(0, 17).Select(_ => Issuing.Certificate)];
        Assert.Equal(ServerRefusal.TooManyCertificates, Verify(Issuing.Leaf(), many, Root.Anchors).Refusal);
    }

    [Fact]
    public void Verify_Labyrinth_IsLeftAfterABound()
    {
        // Sixteen authorities under two names that issue each other, none of which leads to an anchor: 8^6 paths.
        X509Certificate2[] maze =
        [
            .. Enumerable.Range(0, 8).SelectMany(_ => new[] { InMaze("Maze A", "Maze B"), InMaze("Maze B", "Maze A") }),
        ];

        ServerVerdict verdict = Verify(InMaze("Leaf", "Maze A"), maze, Root.Anchors);

        Assert.Equal(ServerRefusal.TooMuchWork, verdict.Refusal);
    }

    [Fact]
    public void Verify_RevokedLeaf_IsRefusedByTheListOfItsIssuer()
    {
        X509Certificate2 revoked = Issuing.Leaf();
        X509Certificate2 live = Issuing.Leaf();
        byte[] list = Issuing.RevocationList(TestCa.Now.AddDays(7), revoked);

        Assert.Equal(ServerRefusal.Revoked, WithList(revoked, list).Refusal);
        Assert.True(WithList(live, list).Accepted);
        Assert.Equal(ServerRefusal.Revoked, WithList(live, Issuing.RevocationList(TestCa.Now.AddHours(-1))).Refusal); // stale
        Assert.Equal(
            ServerRefusal.Revoked,
            WithList(live, TestCa.CloneOf(Issuing).RevocationList(TestCa.Now.AddDays(7))).Refusal
        ); // forged
        Assert.True(WithList(revoked, TestCa.Root("Another").RevocationList(TestCa.Now.AddDays(7), revoked)).Accepted);
    }

    // Without key ids every one may have issued every other. Nobody checks these signatures, for no path is complete.
    private static X509Certificate2 InMaze(string name, string issuer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        LeafSpec spec = new()
        {
            Authority = name != "Leaf",
            Purpose = null,
            KeyUsage = null,
        };
        foreach (X509Extension extension in spec.Extensions())
            request.CertificateExtensions.Add(extension);
        return request.Create(
            new X500DistinguishedName($"CN={issuer}"),
            X509SignatureGenerator.CreateForECDsa(key),
            spec.NotBefore,
            spec.NotAfter,
            [1, 2]
        );
    }

    private ServerVerdict WithList(X509Certificate2 leaf, byte[] der)
    {
        Assert.True(RevocationList.TryParse(der, out RevocationList? list));
        return Verifier().Verify(leaf, [Issuing.Certificate], Root.Anchors, Host, revocations: [list]);
    }
}
