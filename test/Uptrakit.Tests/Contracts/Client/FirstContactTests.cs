using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Contracts.Client;

/// <summary>First contact with honest servers, in each mode.</summary>
public sealed class FirstContactTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task System_WithTheCaFile_FetchesTheBundleOverTheVerifiedConnection()
    {
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(), [Issuing.Certificate], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(
            server,
            ServerTrust.System(),
            TrustAnchors.None.WithCaFile(Root.Bundle),
            cancel: Cancel
        );

        Assert.Equal(Root.Fingerprint, CertificateFingerprint.Of(Assert.Single(trust.Bundle.Certificates)));
        Assert.Equal(AnchorSource.CaFile, trust.AnchorSource);
        Assert.True(trust.ServerNameEnforced);
        Assert.Equal([Meeting.GetBundle, Meeting.GetHandOver], server.Requests);
    }

    [Fact]
    public async Task PinFingerprint_OfTheRoot_KeepsTheBundleOfTheVerifiedConnection()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        await using HostileServer server = await Meeting.ServeAsync(leaf, [Issuing.Certificate], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(
            server,
            ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: false),
            cancel: Cancel
        );

        Assert.Equal(Root.Fingerprint, CertificateFingerprint.Of(trust.Anchor!));
        Assert.Equal(SpkiFingerprint.Of(leaf), trust.ServerKey);
        Assert.True(trust.LaterVerdict.Accepted);
        Assert.Equal([Meeting.GetBundle, Meeting.GetBundle, Meeting.GetHandOver], server.Requests);
    }

    [Fact]
    public async Task PinFingerprint_DuringAHandOver_KeepsBothRootsAndTheEvidence()
    {
        TestCa next = TestCa.Root("Test Root 2");
        X509Certificate2 cross = Root.CrossSign(next);
        TestCa below = next.Issue("Issuing 2");
        CertificateBundle both = CertificateBundle.Of([next.Certificate, Root.Certificate]);
        await using HostileServer server = await Meeting.ServeAsync(
            below.Leaf(),
            [below.Certificate, cross],
            both,
            handOver: CertificateBundle.Of([Root.Certificate, cross])
        );

        EstablishedTrust old = await Meeting.EstablishedAsync(
            server,
            ServerTrust.PinFingerprint(Root.Fingerprint, false),
            cancel: Cancel
        );
        EstablishedTrust fresh = await Meeting.EstablishedAsync(
            server,
            ServerTrust.PinFingerprint(next.Fingerprint, false),
            cancel: Cancel
        );

        Assert.Equal(2, old.Bundle.Certificates.Count);
        Assert.Equal(2, old.HandOver.Certificates.Count);
        Assert.Equal(next.Fingerprint, CertificateFingerprint.Of(fresh.Anchor!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PinFingerprint_CrossSignedAndSelfSignedNewRootBothSent_IsEstablishedInEitherOrder(bool crossFirst)
    {
        TestCa next = TestCa.Root("Test Root 2");
        X509Certificate2 cross = Root.CrossSign(next);
        TestCa below = next.Issue("Issuing 2");
        X509Certificate2[] tops = crossFirst ? [cross, next.Certificate] : [next.Certificate, cross];
        await using HostileServer server = await Meeting.ServeAsync(
            below.Leaf(),
            [below.Certificate, .. tops],
            CertificateBundle.Of([next.Certificate, Root.Certificate])
        );

        await Meeting.EstablishedAsync(server, ServerTrust.PinFingerprint(Root.Fingerprint, false), cancel: Cancel);
        await Meeting.EstablishedAsync(server, ServerTrust.PinFingerprint(next.Fingerprint, false), cancel: Cancel);
    }

    [Fact]
    public async Task PinSpki_OfTheRoot_StoresTheMatchedKey()
    {
        await using HostileServer server = await Meeting.ServeAsync(Issuing.Leaf(), [Issuing.Certificate], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(server, ServerTrust.PinSpki(Root.Spki, false), cancel: Cancel);

        Assert.Equal(Root.Spki, trust.MatchedSpki);
        Assert.Equal(ServerRule.PinnedAuthorityKey, trust.Rule);
        Assert.True(trust.LaterVerdict.Accepted);
    }

    [Fact]
    public async Task PinSpki_OfASelfSignedServer_SaysThatTheBundleWillNotDoLater()
    {
        X509Certificate2 own = TestCa.SelfSigned(
            new LeafSpec
            {
                Authority = true,
                KeyUsage = null,
                Purpose = null,
            }
        );
        await using HostileServer server = await Meeting.ServeAsync(own, [], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(
            server,
            ServerTrust.PinSpki(SpkiFingerprint.Of(own), false),
            cancel: Cancel
        );

        Assert.Equal(ServerRule.PinnedLeafKey, trust.Rule);
        Assert.Null(trust.Anchor);
        Assert.False(trust.LaterVerdict.Accepted);
    }

    [Fact]
    public async Task Pin_BehindAPublicCertificate_NeedsTheRootsAndTheBundleWithThePin()
    {
        TestCa web = TestCa.Root("Public Root");
        await using HostileServer server = await Meeting.ServeAsync(web.Leaf(), [], Root.Bundle);
        TrustAnchors roots = TrustAnchors.None.WithCaFile(web.Bundle);
        foreach (
            ServerTrust how in new[]
            {
                ServerTrust.PinFingerprint(Root.Fingerprint, false),
                ServerTrust.PinSpki(Root.Spki, false),
            }
        )
        {
            EstablishedTrust trust = await Meeting.EstablishedAsync(server, how, roots, cancel: Cancel);
            Assert.Equal(ServerRule.Anchor, trust.Rule);
            Assert.True(trust.LaterVerdict.Accepted);
            await Meeting.RefusedAsync(server, how, cancel: Cancel);
        }
    }

    [Fact]
    public async Task Pin_RootsOfOthersWithoutTheName_AreStillHeldToTheName()
    {
        // Anyone gets a public certificate for a name of his: --tofu-skip-hostname must not let him in.
        TestCa web = TestCa.Root("Public Root");
        X509Certificate2 his = web.Leaf(new LeafSpec { DnsNames = ["attacker.example"] });
        await using HostileServer server = await Meeting.ServeAsync(his, [], Root.Bundle);
        TrustAnchors roots = TrustAnchors.None.WithCaFile(web.Bundle);

        ContactOutcome.Refused fingerprint = await Meeting.RefusedAsync(
            server,
            ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: true),
            roots,
            cancel: Cancel
        );
        ContactOutcome.Refused spki = await Meeting.RefusedAsync(
            server,
            ServerTrust.PinSpki(Root.Spki, skipHostname: true),
            roots,
            cancel: Cancel
        );

        Assert.Equal((ContactRefusal.Server, ContactRefusal.Server), (fingerprint.Why, spki.Why));
    }

    [Fact]
    public async Task Pin_WithoutTheName_AcceptsTheAuthoritysServerOfAnotherName()
    {
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { DnsNames = ["inside.example"] });
        await using HostileServer server = await Meeting.ServeAsync(leaf, [Issuing.Certificate], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(
            server,
            ServerTrust.PinFingerprint(Root.Fingerprint, skipHostname: true),
            cancel: Cancel
        );

        Assert.False(trust.ServerNameEnforced);
    }

    [Fact]
    public async Task Insecure_AnyServer_IsEstablishedUnverified()
    {
        await using HostileServer server = await Meeting.ServeAsync(TestCa.SelfSigned(new LeafSpec()), [], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(server, ServerTrust.Insecure(), cancel: Cancel);

        Assert.Equal(ServerRule.Unverified, trust.Rule);
        Assert.False(trust.ServerNameEnforced);
    }

    [Fact]
    public async Task Insecure_Acknowledged_IsAPinWithoutTheName()
    {
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { DnsNames = ["inside.example"] });
        await using HostileServer server = await Meeting.ServeAsync(leaf, [Issuing.Certificate], Root.Bundle);

        EstablishedTrust trust = await Meeting.EstablishedAsync(
            server,
            ServerTrust.Insecure(),
            acknowledged: Root.Fingerprint,
            cancel: Cancel
        );
        Assert.Equal(ServerRule.Anchor, trust.Rule);

        ContactOutcome.Refused other = await Meeting.RefusedAsync(
            server,
            ServerTrust.Insecure(),
            acknowledged: Issuing.Fingerprint,
            cancel: Cancel
        );
        Assert.Equal(ContactRefusal.Acknowledgement, other.Why);
        Assert.Equal(Root.Certificate, other.Observed);
    }

    [Fact]
    public async Task Anyone_NobodyListens_IsUnreachable()
    {
        Assert.True(ControllerAddress.TryParse("127.0.0.1:1", out ControllerAddress? nobody, out _));
        ContactRequest request = new() { Trust = ServerTrust.Insecure() };
        Assert.IsType<ContactOutcome.Unreachable>(
            await new FirstContact(new FakeTimeProvider(TestCa.Now)).EstablishAsync(nobody, request, Cancel)
        );
    }
}
