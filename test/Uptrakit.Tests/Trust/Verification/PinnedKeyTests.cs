using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>The mode pin-spki: what the literal reading accepts, and what is right.</summary>
public sealed class PinnedKeyTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();

    [Fact]
    public void Pin_OfTheRoot_AcceptsWhatItIssued()
    {
        ServerVerdict verdict = Verify(Issuing.Leaf(), [Issuing.Certificate], Root.Bundle, Root.Spki);
        Assert.True(verdict.Accepted);
        Assert.Equal(ServerRule.PinnedAuthorityKey, verdict.Rule);
        Assert.Equal(Root.Fingerprint, CertificateFingerprint.Of(verdict.Anchor!.Certificate));
    }

    [Fact]
    public void Pin_OfTheRootThatNobodySent_IsRefused() =>
        Assert.Equal(ServerRefusal.PinMismatch, Verify(Issuing.Leaf(), [Issuing.Certificate], null, Root.Spki).Refusal);

    [Fact]
    public void Pin_OfTheIssuer_AcceptsWhatTheServerSends() =>
        Assert.Equal(ServerRule.PinnedAuthorityKey, Verify(Issuing.Leaf(), [Issuing.Certificate], null, Issuing.Spki).Rule);

    [Fact]
    public void Pin_OfTheLeaf_AcceptsASelfSignedServerWithinItsDatesAndName()
    {
        X509Certificate2 own = TestCa.SelfSigned(
            new LeafSpec
            {
                Authority = true,
                KeyUsage = null,
                Purpose = null,
            }
        );
        SpkiFingerprint pin = SpkiFingerprint.Of(own);

        Assert.Equal(ServerRule.PinnedLeafKey, Verify(own, [], null, pin).Rule);
        Assert.Equal(ServerRefusal.NameMismatch, Verify(own, [], null, pin, host: "other.example").Refusal);
        Assert.Equal(ServerRefusal.Expired, Verify(own, [], null, pin, now: TestCa.Now.AddDays(91)).Refusal);
    }

    [Fact]
    public void Pin_GenuineAuthorityAppendedToAForeignLeaf_IsRefused()
    {
        TestCa evil = TestCa.Root("Evil");
        ServerVerdict verdict = Verify(evil.Leaf(), [evil.Certificate, Root.Certificate], Root.Bundle, Root.Spki);
        Assert.Equal(ServerRefusal.PinMismatch, verdict.Refusal);
    }

    [Fact]
    public void Pin_CloneWithTheSameNameAndKeyId_IsRefused()
    {
        TestCa clone = TestCa.CloneOf(Root);
        ServerVerdict verdict = Verify(clone.Leaf(), [clone.Certificate, Root.Certificate], Root.Bundle, Root.Spki);
        Assert.Equal(ServerRefusal.BadSignature, verdict.Refusal);
    }

    [Fact]
    public void Pin_AgentsCertificateAsServer_IsRefused()
    {
        X509Certificate2 agent = Issuing.Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth });
        Assert.Equal(ServerRefusal.NotForServers, Verify(agent, [Issuing.Certificate], Root.Bundle, Root.Spki).Refusal);
        Assert.Equal(ServerRefusal.NotForServers, Verify(agent, [], null, SpkiFingerprint.Of(agent)).Refusal);
    }

    [Fact]
    public void Pin_AgentThatPlaysTheAuthority_IsRefused()
    {
        TestCa agent = TestCa.Posing(Issuing.Leaf(new LeafSpec { CommonName = "agent", Purpose = LeafSpec.ClientAuth }));
        ServerVerdict verdict = Verify(agent.Leaf(), [agent.Certificate, Issuing.Certificate], Root.Bundle, Root.Spki);
        Assert.Equal(ServerRefusal.NotACa, verdict.Refusal);
        Assert.Equal(ServerRefusal.NotACa, Verify(agent.Leaf(), [agent.Certificate], null, agent.Spki).Refusal);
    }

    [Fact]
    public void Pin_WithoutTheName_StillWantsPurposeAndDates()
    {
        X509Certificate2 elsewhere = Issuing.Leaf(new LeafSpec { DnsNames = ["elsewhere.example"] });
        X509Certificate2 client = Issuing.Leaf(new LeafSpec { Purpose = LeafSpec.ClientAuth });
        Assert.True(Verify(elsewhere, [Issuing.Certificate], Root.Bundle, Root.Spki, enforceName: false).Accepted);
        Assert.False(Verify(client, [Issuing.Certificate], Root.Bundle, Root.Spki, enforceName: false).Accepted);
    }

    private static ServerVerdict Verify(
        X509Certificate2 leaf,
        IReadOnlyList<X509Certificate2> presented,
        CertificateBundle? candidates,
        SpkiFingerprint pin,
        string host = "localhost",
        bool enforceName = true,
        DateTimeOffset? now = null
    ) =>
        new ServerVerifier(new FakeTimeProvider(now ?? TestCa.Now)).VerifyPinnedKey(
            leaf,
            presented,
            candidates,
            pin,
            host,
            enforceName
        );
}
