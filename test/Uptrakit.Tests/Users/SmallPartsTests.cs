using System.Text;
using Uptrakit.Controller.Dashboard;
using Uptrakit.Controller.Users;

namespace Uptrakit.Tests.Users;

public sealed class SmallPartsTests
{
    // RFC 6238, appendix B, the last six of the eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void OneTimeCode_OfTheRfc_IsTheSame(long seconds, string code) => Assert.Equal(code,
        TotpProvider.CodeAt(Encoding.ASCII.GetBytes("12345678901234567890"), TotpProvider.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    // RFC 4648, section 10.
    [Theory]
    [InlineData("MY======", "f")]
    [InlineData("MZXW6YTB", "fooba")]
    [InlineData("mzxw6ytboi", "foobar")]
    public void Base32_OfTheRfc_IsTheSame(string text, string bytes) => Assert.Equal(bytes, Encoding.ASCII.GetString(Base32.Decode(text)!));

    [Fact]
    public void Base32_WithAForeignLetter_IsRefused() => Assert.Null(Base32.Decode("MZXW1"));

    [Theory]
    [InlineData("bcdf-ghjk", "BCDF-GHJK")]
    [InlineData(" BCDF GHJK ", "BCDF-GHJK")]
    [InlineData("BCDFGHJK", "BCDF-GHJK")]
    [InlineData("ABCD-EFGH", null)]
    [InlineData("BCDF-GHJ", null)]
    [InlineData(null, null)]
    public void UserCode_HoweverTyped_IsReadAsShown(string? typed, string? code) => Assert.Equal(code, UserCode.Normal(typed));

    [Theory]
    [InlineData("/account", "/account")]
    [InlineData("/device?user_code=BCDF-GHJK", "/device?user_code=BCDF-GHJK")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\tevil", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void PathToReturnTo_ThatLeadsElsewhere_IsTheFrontPage(string? given, string path) => Assert.Equal(path, LocalPath.Of(given));

    [Theory]
    [InlineData(11, false)]
    [InlineData(12, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Password_OfThatLength_IsTaken(int length, bool taken) => Assert.Equal(taken, PasswordRules.Fault(new string('a', length)) is null);

    [Fact]
    public void RecoveryCodes_AreLongAndDiffer()
    {
        HashSet<string> codes = [.. Enumerable.Range(0, 100).Select(static _ => RecoveryCode.New())];

        Assert.Equal(100, codes.Count);
        Assert.All(codes, static code => Assert.Equal(16, RecoveryCode.Normal(code).Length));
    }
}
