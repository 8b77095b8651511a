using CsCheck;
using Uptrakit.Trust.Text;

namespace Uptrakit.Tests.Trust.Text;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("500ms", 500)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    [InlineData("90m", 5_400_000)]
    [InlineData("0s", 0)]
    public void TryParse_AsPeopleWrite_IsUnderstood(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("1.5s")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("5s5s")]
    [InlineData("30s1m")]
    [InlineData("5ms1s")]
    [InlineData("1m30")]
    [InlineData("٣s")]
    [InlineData("99999999999999999999s")]
    [InlineData("922337203686d")]
    [InlineData("10675199d3h")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Format_AnyDuration_ParsesToTheSame() =>
        Gen.Long[0, long.MaxValue / TimeSpan.TicksPerMillisecond].Sample(milliseconds =>
        {
            string text = Durations.Format(milliseconds);
            Assert.True(Durations.TryParse(text, out TimeSpan value), text);
            Assert.Equal(milliseconds, value.Ticks / TimeSpan.TicksPerMillisecond);
            Assert.Equal(text, Durations.Format(value));
        });

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Gen.String[Gen.Char["0123456789dhms .-+"], 0, 30].Sample(text =>
        {
            if (Durations.TryParse(text, out TimeSpan value))
                Assert.True(Durations.TryParse(Durations.Format(value), out TimeSpan again) && again == value);
        });

    [Fact]
    public void Format_Negative_ShowsItAndDoesNotParse() =>
        Assert.False(Durations.TryParse(Assert.IsType<string>(Durations.Format(TimeSpan.FromSeconds(-90))), out _));
}
