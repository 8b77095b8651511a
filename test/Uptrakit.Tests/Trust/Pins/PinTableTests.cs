using System.Security.Cryptography;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Trust.Pins;

public sealed class PinTableTests
{
    private readonly PinTable table = new();
    private readonly NodeId a = NodeId.New();
    private readonly NodeId b = NodeId.New();

    [Fact]
    public void TryFind_PinOfOneNode_NamesIt()
    {
        SpkiFingerprint current = Pin(), next = Pin();
        table.Replace([Entry(a, current, next), Entry(b, Pin())]);

        Assert.True(table.TryFind(current, out NodeId? found));
        Assert.Equal(a, found);
        Assert.True(table.TryFind(next, out found));
        Assert.Equal(a, found);
        Assert.Equal([current, next], table.PinsOf(a));
        Assert.Equal(2, table.Snapshot.Count);
    }

    [Fact]
    public void TryFind_PinThatTwoNodesClaim_BelongsToNeither()
    {
        SpkiFingerprint shared = Pin(), own = Pin();
        table.Replace([Entry(a, shared, own), Entry(b, shared)]);

        Assert.False(table.TryFind(shared, out NodeId? found));
        Assert.Null(found);
        Assert.Equal([own], table.PinsOf(a));
        Assert.Empty(table.PinsOf(b));
        Assert.Equal([shared], table.Contested);
        Assert.True(table.TryFind(own, out _));
    }

    [Fact]
    public void TryFind_PinThatThreeNodesClaim_BelongsToNone()
    {
        SpkiFingerprint shared = Pin();
        table.Replace([Entry(a, shared), Entry(b, shared), Entry(NodeId.New(), shared)]);

        Assert.False(table.TryFind(shared, out _));
    }

    [Fact]
    public void Replace_NodeAndPinGivenTwice_AreJoined()
    {
        SpkiFingerprint one = Pin(), two = Pin();
        table.Replace([Entry(a, one), Entry(a, one, two)]);

        Assert.Equal([one, two], table.PinsOf(a));
        Assert.True(table.TryFind(one, out _));
    }

    [Fact]
    public void Replace_NodeGone_IsForgottenAndOldSnapshotsStay()
    {
        SpkiFingerprint pin = Pin();
        table.Replace([Entry(a, pin)]);
        var before = table.Snapshot;
        table.Replace([]);

        Assert.False(table.TryFind(pin, out _));
        Assert.Empty(table.PinsOf(a));
        Assert.Single(before);
    }

    [Fact]
    public void Changed_OnlyWhenSomethingChanged_SeesTheNewTable()
    {
        SpkiFingerprint pin = Pin();
        List<bool> seen = [];
        table.Changed += () => seen.Add(table.TryFind(pin, out _));

        table.Replace([Entry(a, pin)]);
        table.Replace([Entry(a, pin)]);
        table.Replace([Entry(b, pin)]);
        table.Replace([]);

        Assert.Equal([true, true, false], seen);
    }

    private static SpkiFingerprint Pin() => SpkiFingerprint.OfSubjectPublicKeyInfo(RandomNumberGenerator.GetBytes(16));

    private static KeyValuePair<NodeId, IReadOnlyList<SpkiFingerprint>> Entry(NodeId id, params SpkiFingerprint[] pins) =>
        new(id, pins);
}
