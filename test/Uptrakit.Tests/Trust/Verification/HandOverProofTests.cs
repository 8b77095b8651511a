using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

public sealed class HandOverProofTests
{
    private static readonly TestCa First = TestCa.Root("R1");
    private static readonly TestCa Second = TestCa.Root("R2");
    private static readonly TestCa Third = TestCa.Root("R3");

    [Fact]
    public void Evidence_OfOneHandOver_Leads() =>
        Assert.True(Leads(First, Second.Bundle, First.Certificate, First.CrossSign(Second)));

    [Fact]
    public void Evidence_OfTwoHandOvers_LeadsFromTheFirst() =>
        Assert.True(
            Leads(First, Third.Bundle, Second.Certificate, Second.CrossSign(Third), First.Certificate, First.CrossSign(Second))
        );

    [Fact]
    public void Evidence_WithAGap_DoesNot() =>
        Assert.False(Leads(First, Third.Bundle, First.Certificate, Second.Certificate, Second.CrossSign(Third)));

    [Fact]
    public void Evidence_OfAnotherFormerRoot_DoesNot() =>
        Assert.False(Leads(Third, Second.Bundle, First.Certificate, First.CrossSign(Second)));

    [Fact]
    public void Evidence_ForgedByAClone_DoesNot()
    {
        TestCa clone = TestCa.CloneOf(First);
        Assert.False(Leads(First, Second.Bundle, First.Certificate, clone.Certificate, clone.CrossSign(Second)));
    }

    [Fact]
    public void Evidence_SignedByALeafOfTheFormerRoot_DoesNot()
    {
        TestCa agent = TestCa.Posing(First.Leaf(new LeafSpec { CommonName = "agent" }));
        X509Certificate2[] evidence = [First.Certificate, agent.Certificate, agent.CrossSign(Second)];
        Assert.False(HandOverProof.Leads(c => SpkiFingerprint.Of(c) == agent.Spki, evidence, Second.Bundle));
        Assert.False(Leads(First, Second.Bundle, evidence));
    }

    private static bool Leads(TestCa from, CertificateBundle to, params X509Certificate2[] evidence) =>
        HandOverProof.Leads(c => CertificateFingerprint.Of(c) == from.Fingerprint, evidence, to);
}
