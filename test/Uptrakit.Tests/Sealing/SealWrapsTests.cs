using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Sealing;

public sealed class SealWrapsTests : IDisposable
{
    private readonly SealKey own = SealKey.Create();
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly SealingKey about = new() { Id = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8), Audience = SealingAudience.Voters };

    public void Dispose() => own.Dispose();

    private Peer Member => new() { NodeId = "n", SealKey = own.PublicKey };

    private SealingWrap Wrap() => SealWraps.Of(secret, "cluster", about, Member)!;

    private bool Opens(SealingWrap wrap, SealKey? with = null, string cluster = "cluster", SealingKey? key = null) =>
        SealWraps.TryOpen(wrap, with ?? own, cluster, key ?? about, out _);

    [Fact]
    public void Wrap_OpensForItsMember()
    {
        Assert.True(SealWraps.TryOpen(Wrap(), own, "cluster", about, out byte[]? opened));
        Assert.Equal(secret, opened);
    }

    [Fact]
    public void Wrap_UnderAnotherKey_DoesNotOpen()
    {
        using SealKey other = SealKey.Create();
        SealingWrap wrap = Wrap();
        Assert.False(Opens(wrap, other));
        wrap.ForKey = other.Id;
        Assert.False(Opens(wrap, other));
    }

    [Fact]
    public void Wrap_PutElsewhere_DoesNotOpen()
    {
        Assert.False(Opens(Wrap(), cluster: "another"));
        Assert.False(Opens(Wrap(), key: new SealingKey(about) { Id = ByteString.CopyFrom(8, 7, 6, 5, 4, 3, 2, 1) }));
        Assert.False(Opens(Wrap(), key: new SealingKey(about) { Audience = SealingAudience.Members }));
        Assert.False(Opens(new SealingWrap(Wrap()) { NodeId = "m" }));
        Assert.False(Opens(new SealingWrap(Wrap()) { Ephemeral = Wrap().Ephemeral }));
    }

    [Fact]
    public void Wrap_Damaged_DoesNotOpen()
    {
        SealingWrap wrap = Wrap();
        byte[] bytes = wrap.Wrapped.ToByteArray();
        bytes[5] ^= 1;
        Assert.False(Opens(new SealingWrap(wrap) { Wrapped = ByteString.CopyFrom(bytes) }));
        Assert.False(Opens(new SealingWrap(wrap) { Wrapped = ByteString.CopyFrom(bytes[..^1]) }));
        Assert.False(Opens(new SealingWrap(wrap) { Ephemeral = ByteString.CopyFrom([4, .. new byte[64]]) }));
    }

    [Fact]
    public void Member_WhoseKeyIsNoPointOfTheCurve_GetsNone()
    {
        byte[] off = own.PublicKey.ToByteArray();
        off[64] ^= 1;
        Assert.Null(SealWraps.Of(secret, "cluster", about, new Peer { NodeId = "n", SealKey = ByteString.CopyFrom(off) }));
        Assert.Null(SealWraps.Of(secret, "cluster", about, new Peer { NodeId = "n", SealKey = ByteString.CopyFrom([4, .. new byte[64]]) }));
        Assert.Null(SealWraps.Of(secret, "cluster", about, new Peer { NodeId = "n" }));
    }
}
