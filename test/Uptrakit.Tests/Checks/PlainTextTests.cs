using CsCheck;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Tests.Checks;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("a\r\nb", "a b")]
    [InlineData("\u001b[31mred\u0000", "[31mred")]
    [InlineData("x\u202Egnp.exe", "x gnp.exe")]
    [InlineData("line\u2028two", "line two")]
    [InlineData("half \ud800 pair", "half   pair")]
    [InlineData("größe 🙂", "größe 🙂")]
    [InlineData(null, "")]
    public void Clean_HostileText_IsOnePlainLine(string? text, string expected) =>
        Assert.Equal(expected, PlainText.Clean(text));

    [Fact]
    public void Clean_AnyText_KeepsItsPromises() => Gen.String[0, 600].Sample(text =>
    {
        string clean = PlainText.Clean(text, 100);
        return clean.Length <= 100
            && !clean.Any(char.IsControl)
            && clean.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar)
            && PlainText.Clean(clean, 100) == clean;
    });

    [Fact]
    public void Truncate_InsideASurrogatePair_CutsBeforeIt() =>
        Assert.Equal("ab…", PlainText.Truncate("ab🙂cd", 4));
}
