using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Trust.Pins;

public sealed class PeerVerifierTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestKey keyOfA = new();
    private readonly TestKey keyOfB = new();
    private readonly NodeId a = NodeId.New();
    private readonly NodeId b = NodeId.New();
    private readonly PinTable pins = new();
    private readonly PeerVerifier verifier;

    public PeerVerifierTests()
    {
        pins.Replace([new(a, [keyOfA.Pin]), new(b, [keyOfB.Pin])]);
        verifier = new PeerVerifier(pins, clock);
    }

    [Fact]
    public void Identify_LeafReissuedUnderAnotherName_KeepsThePinnedName() =>
        Assert.Equal(PeerVerdict.Accept(b), verifier.Identify(keyOfB.Leaf(a.ToString())));

    [Fact]
    public void Identify_NoLeaf_IsRefused() => Refused(Refusal.NoLeaf, verifier.Identify(null));

    [Fact]
    public void Identify_KeyThatNobodyPinned_IsRefused()
    {
        using TestKey stranger = new();

        Refused(Refusal.UnknownKey, verifier.Identify(stranger.Leaf(a.ToString())));
    }

    [Fact]
    public void Identify_Evicted_IsRefusedAtOnce()
    {
        X509Certificate2 leaf = keyOfB.Leaf("b");
        Assert.True(verifier.Identify(leaf).Accepted);
        pins.Replace([new(a, [keyOfA.Pin])]);

        Refused(Refusal.UnknownKey, verifier.Identify(leaf));
    }

    [Fact]
    public void Identify_OutsideValidity_IsRefusedAndHintsAtTheClock()
    {
        DateTimeOffset now = clock.GetUtcNow();

        PeerVerdict expired = verifier.Identify(keyOfA.Leaf("a", now.AddYears(-10), now.AddSeconds(-1)));
        PeerVerdict early = verifier.Identify(keyOfA.Leaf("a", now.AddSeconds(1), now.AddYears(10)));

        Refused(Refusal.OutsideValidity, expired);
        Refused(Refusal.OutsideValidity, early);
        Assert.Contains("clock", early.Message, StringComparison.Ordinal);
        Assert.True(verifier.Identify(keyOfA.Leaf("a", now, now)).Accepted);
    }

    [Fact]
    public void IdentifyAs_OtherMember_IsRefused() =>
        Refused(Refusal.OtherPeer, verifier.IdentifyAs(keyOfB.Leaf(a.ToString()), a));

    [Fact]
    public void IdentifyAs_TheOneThatWasCalled_IsAccepted() =>
        Assert.Equal(PeerVerdict.Accept(a), verifier.IdentifyAs(keyOfA.Leaf("whatever"), a));

    [Fact]
    public void IdentifyAs_Stranger_KeepsItsRefusal()
    {
        using TestKey stranger = new();

        Refused(Refusal.UnknownKey, verifier.IdentifyAs(stranger.Leaf("a"), a));
        Refused(Refusal.NoLeaf, verifier.IdentifyAs(null, a));
    }

    [Fact]
    public void Message_EveryRefusal_HasItsOwn() =>
        Assert.Distinct(Enum.GetValues<Refusal>().Where(r => r != Refusal.None).Select(r => PeerVerdict.Refuse(r).Message));

    [Fact]
    public void Refuse_WithoutReason_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerVerdict.Refuse(Refusal.None));

    public void Dispose()
    {
        keyOfA.Dispose();
        keyOfB.Dispose();
    }

    private static void Refused(Refusal reason, PeerVerdict verdict)
    {
        Assert.False(verdict.Accepted);
        Assert.Null(verdict.Peer);
        Assert.Equal(reason, verdict.Refusal);
    }
}
