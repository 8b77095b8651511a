using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Sealing;

public sealed class SealBoxTests
{
    private static readonly SecretPlace s_place = new("a-000000000001", "secret");
    private static readonly byte[] s_id = [1, 2, 3, 4, 5, 6, 7, 8];
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    private ByteString Seal(string text) => SealBox.Seal(key, s_id, "cluster", s_place, text);

    private string? Open(ReadOnlySpan<byte> bytes, byte[]? with = null, string cluster = "cluster", SecretPlace? place = null) =>
        SealBox.TryOpen(with ?? key, cluster, place ?? s_place, bytes, out string? text) ? text : null;

    [Theory]
    [InlineData("x")]
    [InlineData("pässword ✓ with words")]
    [InlineData("\u0080 ends like padding \u0080")]
    public void Text_ComesBack(string text) => Assert.Equal(text, Open(Seal(text).Span));

    [Fact]
    public void Text_OfEveryLengthAroundABlock_ComesBack()
    {
        foreach (int length in (int[])[1, 62, 63, 64, 65, 127, 128, Secrets.MaxLength])
        {
            string text = new('€', length);
            ByteString bytes = Seal(text);
            Assert.True(SealedSecret.IsShaped(bytes.Span));
            Assert.Equal(text, Open(bytes.Span));
        }
    }

    [Fact]
    public void Length_OfAPassword_DoesNotShow() => Assert.Equal(Seal("short").Length, Seal("a password of forty characters, or so").Length);

    [Fact]
    public void SameText_SealedTwice_LooksDifferent() => Assert.NotEqual(Seal("same"), Seal("same"));

    [Fact]
    public void Moved_ToAnotherPlace_DoesNotOpen()
    {
        ByteString bytes = Seal("text");
        Assert.Null(Open(bytes.Span, cluster: "another"));
        Assert.Null(Open(bytes.Span, place: s_place with { ObjectId = "a-000000000002" }));
        Assert.Null(Open(bytes.Span, place: s_place with { Field = "url" }));
        // Lengths are part of what is bound: no two places run together.
        Assert.Null(Open(bytes.Span, place: new SecretPlace("a-000000000001s", "ecret")));
    }

    [Fact]
    public void AnotherKey_DoesNotOpen() => Assert.Null(Open(Seal("text").Span, RandomNumberGenerator.GetBytes(32)));

    [Fact]
    public void AnyChangedByte_DoesNotOpen()
    {
        byte[] bytes = Seal("text").ToByteArray();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x40;
            Assert.Null(Open(changed));
        }
    }

    [Fact]
    public void Cut_AnywhereOrLonger_DoesNotOpen()
    {
        byte[] bytes = Seal(new string('x', 200)).ToByteArray();
        for (int length = 0; length < bytes.Length; length++)
            Assert.Null(Open(bytes.AsSpan(0, length)));
        Assert.Null(Open([.. bytes, 0]));
        Assert.Null(Open([.. bytes, .. new byte[SealedSecret.Block]]));
    }

    [Fact]
    public void Shape_BeyondTheBounds_IsRefused()
    {
        byte[] bytes = new byte[SealedSecret.MaxSize + SealedSecret.Block];
        bytes[0] = SealedSecret.Version;
        Assert.False(SealedSecret.IsShaped(bytes));
        Assert.False(SealedSecret.IsShaped([]));
    }

    [Fact]
    public void Text_OfASealedSecret_IsReadBackAndItsFaultsAreToldWithoutIt()
    {
        Secret given = new() { Sealed = Seal("text") };
        Assert.Equal(given, Secrets.Of(Secrets.Shown(given)));
        Assert.Null(Secrets.FaultOf(Secrets.Shown(given)));
        Assert.Null(Secrets.FaultOf(Secrets.Shown(new Secret { Sealed = Seal(new string('€', Secrets.MaxLength)) })));
        Assert.Equal("is not what the cluster sealed", Secrets.FaultOf(Secrets.Shown(given)[..^4]));
        Assert.Equal("is not what the cluster sealed", Secrets.FaultOf("sealed:password"));
    }
}
