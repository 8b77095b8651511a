using CsCheck;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Trust.Identity;

public sealed class NodeIdTests
{
    [Fact]
    public void TryParse_CanonicalTextInAnyCase_GivesLowerCase() =>
        Gen.Guid.Where(guid => guid != Guid.Empty).Sample(guid =>
        {
            Assert.True(NodeId.TryParse(guid.ToString("D").ToUpperInvariant(), out NodeId? upper));
            Assert.True(NodeId.TryParse(guid.ToString("D"), out NodeId? lower));
            Assert.Equal(lower, upper);
            Assert.Equal(guid.ToString("D"), upper.ToString());
            Assert.Equal(guid, upper.ToGuid());
        }, iter: 500);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData(" 6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b")]
    [InlineData("6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b\n")]
    [InlineData("{6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b}")]
    [InlineData("6f1f8f525f0b4f0e9a340f8a4f1d2c3b")]
    [InlineData("6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3")]
    [InlineData("0x1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b")]
    [InlineData("+f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b")]
    [InlineData("-f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b")]
    [InlineData("gf1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(NodeId.TryParse(text, out NodeId? value));
        Assert.Null(value);
    }

    [Fact]
    public void New_IsARandomVersion4()
    {
        NodeId one = NodeId.New();

        Assert.Equal('4', one.ToString()[14]);
        Assert.NotEqual(one, NodeId.New());
        Assert.True(NodeId.TryParse(one.ToString(), out NodeId? again));
        Assert.Equal(one, again);
    }

    [Fact]
    public void CompareTo_OrdersByTheText() =>
        Gen.Select(Gen.Guid, Gen.Guid).Where((a, b) => a != Guid.Empty && b != Guid.Empty).Sample((a, b) =>
        {
            Assert.True(NodeId.TryParse(a.ToString(), out NodeId? left));
            Assert.True(NodeId.TryParse(b.ToString(), out NodeId? right));
            Assert.Equal(Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())), Math.Sign(left.CompareTo(right)));
            Assert.Equal(left.CompareTo(right) < 0, left < right);
            Assert.Equal(left.CompareTo(right) >= 0, left >= right);
        }, iter: 500);
}
