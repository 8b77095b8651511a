using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

public sealed partial class ServerVerifierTests
{
    private const string Host = "localhost";
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();

    private readonly FakeTimeProvider clock = new(TestCa.Now);

    [Fact]
    public void Verify_ChainToTheBundle_IsAcceptedWithItsPathAndAnchor()
    {
        X509Certificate2 leaf = Issuing.Leaf();

        ServerVerdict verdict = Verify(leaf, [Issuing.Certificate], Root.Anchors);

        Assert.True(verdict.Accepted);
        Assert.Equal(ServerRule.Anchor, verdict.Rule);
        Assert.Equal(AnchorSource.Bundle, verdict.Anchor!.Source);
        Assert.Equal([leaf, Issuing.Certificate, Root.Certificate], verdict.Path);
    }

    [Fact]
    public void Verify_NoCertificate_IsRefused() => Assert.Equal(ServerRefusal.NoLeaf, Verify(null, [], Root.Anchors).Refusal);

    [Fact]
    public void Verify_NoAnchors_IsRefused() => AssertRefused(ServerRefusal.NoAnchor, Issuing.Leaf(), TrustAnchors.None);

    [Fact]
    public void Verify_ForeignRoot_IsRefused() =>
        AssertRefused(ServerRefusal.UnknownIssuer, Issuing.Leaf(), TestCa.Root("Another Root").Anchors);

    [Fact]
    public void Verify_RootSentByTheServer_IsNoAnchor()
    {
        TestCa evil = TestCa.Root("Evil Root");
        Assert.Equal(ServerRefusal.UnknownIssuer, Verify(evil.Leaf(), [evil.Certificate], Root.Anchors).Refusal);
    }

    [Fact]
    public void Verify_CloneOfTheAuthority_IsRefused()
    {
        TestCa clone = TestCa.CloneOf(Root);
        Assert.Equal(ServerRefusal.BadSignature, Verify(clone.Leaf(), [clone.Certificate], Root.Anchors).Refusal);
    }

    [Fact]
    public void Verify_CloneOfAnIntermediateThatIsTheAnchor_IsRefused()
    {
        TestCa clone = TestCa.CloneOf(Issuing);
        Assert.Equal(ServerRefusal.BadSignature, Verify(clone.Leaf(), [], Issuing.Anchors).Refusal);
    }

    [Fact]
    public void Verify_Dates_CountToTheLastSecond()
    {
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { NotBefore = TestCa.Now, NotAfter = TestCa.Now.AddDays(1) });

        Assert.True(At(TestCa.Now, leaf).Accepted);
        Assert.True(At(TestCa.Now.AddDays(1), leaf).Accepted);
        Assert.True(At(TestCa.Now.AddDays(1).AddMilliseconds(999), leaf).Accepted);
        Assert.Equal(ServerRefusal.Expired, At(TestCa.Now.AddDays(1).AddSeconds(1), leaf).Refusal);
        Assert.Equal(ServerRefusal.NotYetValid, At(TestCa.Now.AddMilliseconds(-1), leaf).Refusal);
    }

    [Fact]
    public void Verify_ExpiredIntermediate_IsRefusedAndNamed()
    {
        TestCa old = Root.Issue(until: TestCa.Now.AddDays(-1));
        ServerVerdict verdict = Verify(old.Leaf(), [old.Certificate], Root.Anchors);
        Assert.Equal(ServerRefusal.Expired, verdict.Refusal);
        Assert.Equal(old.Certificate, verdict.Offender);
    }

    [Fact]
    public void Verify_ExpiredRoot_IsRefused()
    {
        TestCa old = TestCa.Root(until: TestCa.Now.AddDays(-1));
        AssertRefused(ServerRefusal.Expired, old.Leaf(), old.Anchors);
    }

    [Fact]
    public void Verify_IntermediateAsAnchor_IsAcceptedWithinItsDates()
    {
        TestCa dated = Root.Issue(until: TestCa.Now.AddDays(30));
        X509Certificate2 leaf = dated.Leaf();

        Assert.True(Verify(leaf, [], dated.Anchors).Accepted);
        clock.Advance(TimeSpan.FromDays(31));
        AssertRefused(ServerRefusal.Expired, leaf, dated.Anchors);
    }

    [Fact]
    public void Verify_CommonNameOnly_IsRefused() =>
        AssertRefused(ServerRefusal.NameMismatch, Issuing.Leaf(new LeafSpec { CommonName = Host, DnsNames = [] }), Root.Anchors);

    [Fact]
    public void Verify_CommonNameBesideASpiffeUri_IsRefused() =>
        AssertRefused(
            ServerRefusal.NameMismatch,
            Issuing.Leaf(
                new LeafSpec
                {
                    CommonName = Host,
                    DnsNames = [],
                    Uris = [new Uri("spiffe://d/service/1")],
                }
            ),
            Root.Anchors
        );

    [Fact]
    public void Verify_NameLeftAside_AcceptsAnotherName()
    {
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { DnsNames = ["elsewhere.example"] });
        AssertRefused(ServerRefusal.NameMismatch, leaf, Root.Anchors);
        Assert.True(Verifier().Verify(leaf, [Issuing.Certificate], Root.Anchors, Host, enforceName: false).Accepted);
    }

    [Fact]
    public void Verify_AddressAsDnsName_IsRefused()
    {
        X509Certificate2 text = Issuing.Leaf(new LeafSpec { DnsNames = ["127.0.0.1"], CommonName = "127.0.0.1" });
        X509Certificate2 bytes = Issuing.Leaf(new LeafSpec { Addresses = [IPAddress.Loopback] });

        Assert.Equal(ServerRefusal.NameMismatch, Verify(text, [Issuing.Certificate], Root.Anchors, "127.0.0.1").Refusal);
        Assert.True(Verify(bytes, [Issuing.Certificate], Root.Anchors, "127.0.0.1").Accepted);
        Assert.Equal(ServerRefusal.NameMismatch, Verify(bytes, [Issuing.Certificate], Root.Anchors, "127.1").Refusal);
    }

    [Fact]
    public void Verify_ClientCertificateAsServer_IsRefused() =>
        AssertRefused(ServerRefusal.NotForServers, Issuing.Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth }), Root.Anchors);

    [Fact]
    public void Verify_AnyPurpose_IsNotTakenForServers() =>
        AssertRefused(ServerRefusal.NotForServers, Issuing.Leaf(new LeafSpec { Purpose = "2.5.29.37.0" }), Root.Anchors);

    [Fact]
    public void Verify_IssuerOnlyForClients_IsRefused()
    {
        TestCa clients = Root.Issue("Clients", extra: new X509EnhancedKeyUsageExtension([new Oid(LeafSpec.ClientAuth)], false));
        Assert.Equal(ServerRefusal.NotForServers, Verify(clients.Leaf(), [clients.Certificate], Root.Anchors).Refusal);
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.KeyCertSign)]
    [InlineData(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature)]
    [InlineData(X509KeyUsageFlags.KeyEncipherment)]
    public void Verify_KeyUsageOfAnotherKind_IsRefused(X509KeyUsageFlags usage) =>
        AssertRefused(ServerRefusal.NotForServers, Issuing.Leaf(new LeafSpec { KeyUsage = usage }), Root.Anchors);

    [Fact]
    public void Verify_AuthorityAsServer_IsRefused() =>
        AssertRefused(ServerRefusal.CaAsLeaf, Issuing.Leaf(new LeafSpec { Authority = true }), Root.Anchors);

    [Fact]
    public void Verify_SelfSignedLeafAsItsOwnAnchor_IsRefused()
    {
        X509Certificate2 leaf = TestCa.SelfSigned(new LeafSpec());
        AssertRefused(ServerRefusal.SelfSigned, leaf, TrustAnchors.None.WithCaFile(CertificateBundle.Of([leaf])));
    }

    [Fact]
    public void Verify_LeafAsAnchor_IsRefused()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        AssertRefused(ServerRefusal.UnknownIssuer, leaf, TrustAnchors.None.WithCaFile(CertificateBundle.Of([leaf])));
    }

    [Fact]
    public void Verify_LeafThatPlaysTheAuthority_IsRefused()
    {
        TestCa agent = TestCa.Posing(Issuing.Leaf(new LeafSpec { CommonName = "agent", Purpose = LeafSpec.ClientAuth }));
        ServerVerdict verdict = Verify(agent.Leaf(), [agent.Certificate, Issuing.Certificate], Root.Anchors);
        Assert.Equal(ServerRefusal.NotACa, verdict.Refusal);
    }

    [Fact]
    public void Verify_PathLongerThanAllowed_IsRefused()
    {
        TestCa shortRoot = TestCa.Root("Short", extra: new X509BasicConstraintsExtension(true, true, 0, true));
        TestCa between = shortRoot.Issue();
        Assert.True(Verify(shortRoot.Leaf(), [], shortRoot.Anchors).Accepted);
        Assert.Equal(ServerRefusal.NotACa, Verify(between.Leaf(), [between.Certificate], shortRoot.Anchors).Refusal);
    }

    [Fact]
    public void Verify_Sha1Signature_IsRefused() =>
        AssertRefused(ServerRefusal.WeakSignature, Issuing.Leaf(new LeafSpec { Hash = HashAlgorithmName.SHA1 }), Root.Anchors);

    [Fact]
    public void Verify_ShortRsaKey_IsRefused()
    {
        AssertRefused(ServerRefusal.WeakKey, Issuing.Leaf(new LeafSpec { Key = RSA.Create(1024) }), Root.Anchors);
        Assert.True(Verify(Issuing.Leaf(new LeafSpec { Key = RSA.Create(2048) }), [Issuing.Certificate], Root.Anchors).Accepted);
    }

    [Fact]
    public void Verify_OddCurve_IsRefused() =>
        AssertRefused(
            ServerRefusal.WeakKey,
            Issuing.Leaf(new LeafSpec { Key = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")) }),
            Root.Anchors
        );

    [Fact]
    public async Task Verify_Ed25519Chain_IsAccepted()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        using ScratchFolder folder = new();
        await OpenSsl.RunAsync(
            folder,
            "req",
            "-x509",
            "-newkey",
            "ed25519",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=ed",
            "-days",
            "3650",
            "-addext",
            "keyUsage=critical,keyCertSign"
        );
        await OpenSsl.RunAsync(
            folder,
            "req",
            "-x509",
            "-newkey",
            "ed25519",
            "-nodes",
            "-keyout",
            "leaf.key",
            "-out",
            "leaf.pem",
            "-subj",
            "/CN=leaf",
            "-days",
            "3650",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            "subjectAltName=DNS:localhost"
        );
        using X509Certificate2 ca = X509Certificate2.CreateFromPem(
            await File.ReadAllTextAsync(folder["ca.pem"], TestContext.Current.CancellationToken)
        );
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(
            await File.ReadAllTextAsync(folder["leaf.pem"], TestContext.Current.CancellationToken)
        );

        ServerVerdict verdict = new ServerVerifier(TimeProvider.System).Verify(
            leaf,
            [],
            TrustAnchors.None.WithCaFile(CertificateBundle.Of([ca])),
            Host
        );

        Assert.Equal(ServerRefusal.None, verdict.Refusal);
    }

    [Fact]
    public void Verify_ExtensionTwice_IsRefused()
    {
        // The framework does not issue such a certificate: an OID is changed to its twin afterwards, which the reader meets
        // first.
        X509Extension[] twins = [new("1.3.6.1.4.1.99999.1", [5, 0], false), new("1.3.6.1.4.1.99999.2", [5, 0], false)];
        byte[] der = Issuing.Leaf(new LeafSpec { Extra = twins }).RawData;
        ReadOnlySpan<byte> second = [0x2B, 0x06, 0x01, 0x04, 0x01, 0x86, 0x8D, 0x1F, 0x02];
        int at = der.AsSpan().IndexOf(second);
        Assert.True(at > 0);
        der[at + second.Length - 1] = 1;
        AssertRefused(ServerRefusal.BadExtension, X509CertificateLoader.LoadCertificate(der), Root.Anchors);
    }

    [Fact]
    public void Verify_UnknownExtension_IsRefusedWhenCritical()
    {
        X509Extension plain = new("1.3.6.1.4.1.99999.1", [5, 0], critical: false);
        X509Extension critical = new("1.3.6.1.4.1.99999.1", [5, 0], critical: true);
        Assert.True(Verify(Issuing.Leaf(new LeafSpec { Extra = [plain] }), [Issuing.Certificate], Root.Anchors).Accepted);
        AssertRefused(ServerRefusal.BadExtension, Issuing.Leaf(new LeafSpec { Extra = [critical] }), Root.Anchors);
    }

    [Fact]
    public void Verify_RootSelfSignedWithSha1_StillServesAsAnchor()
    {
        // Its own signature is nobody's business: it is trusted because it is in the bundle.
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        LeafSpec spec = new()
        {
            CommonName = "old",
            Key = key,
            Hash = HashAlgorithmName.SHA1,
            Authority = true,
            Purpose = null,
            DnsNames = [],
            KeyUsage = X509KeyUsageFlags.KeyCertSign,
            NotAfter = TestCa.Now.AddYears(1),
        };
        TestCa old = TestCa.Posing(TestCa.SelfSigned(spec));
        Assert.True(Verify(old.Leaf(), [], old.Anchors).Accepted);
    }

    [Fact]
    public void Message_EveryRefusal_SaysWhatToDoAndHoldsNothingOfTheServer()
    {
        foreach (ServerRefusal refusal in Enum.GetValues<ServerRefusal>().Where(r => r is not ServerRefusal.None))
        {
            string message = ServerVerdict.Refuse(refusal, Root.Certificate).Message;
            Assert.True(message.Length > 20, refusal.ToString());
            Assert.DoesNotContain(Root.Fingerprint.ToString(), message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private ServerVerifier Verifier() => new(clock);

    private static ServerVerdict At(DateTimeOffset time, X509Certificate2 leaf) =>
        new ServerVerifier(new FakeTimeProvider(time)).Verify(leaf, [Issuing.Certificate], Root.Anchors, Host);

    private ServerVerdict Verify(
        X509Certificate2? leaf,
        IReadOnlyList<X509Certificate2> presented,
        TrustAnchors anchors,
        string host = Host
    ) => Verifier().Verify(leaf, presented, anchors, host);

    private void AssertRefused(ServerRefusal refusal, X509Certificate2 leaf, TrustAnchors anchors) =>
        Assert.Equal(refusal, Verify(leaf, [Issuing.Certificate], anchors).Refusal);
}
