using Uptrakit.Qu.Daemon;

namespace Uptrakit.Tests.Daemon;

public sealed class MixedVersionsTests
{
    [Fact]
    public void Members_OfOneVersion_AreNoNews() =>
        Assert.Null(MixedVersions.Of([("a", "1.2.0"), ("b", "1.2.0"), ("c", "")]));

    [Fact]
    public void Members_InTheMiddleOfAnUpgrade_AreNamedWithTheirVersions()
    {
        string? words = MixedVersions.Of([("b", "1.2.0"), ("c", "1.3.0"), ("a", "1.2.0")]);

        Assert.StartsWith("members run different versions: 1.2.0 on a, b; 1.3.0 on c.", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_OfALyingMember_DoesNotFillTheStatus()
    {
        string? words = MixedVersions.Of([("a", "1.2.0"), .. Enumerable.Range(0, 30).Select(static i => ($"n{i}", $"{i}{new string('9', 100_000)}"))]);

        Assert.InRange(words!.Length, 1, 500);
    }
}
