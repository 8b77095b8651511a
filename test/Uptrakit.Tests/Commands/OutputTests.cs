using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class OutputTests
{
    [Fact]
    public void Table_ValuesOfAllWidths_StayInTheirColumns()
    {
        using StringWriter output = new();
        TablePrinter table = new("ID", "NAME", "STATE");
        table.Add("1", "a", "up");
        table.Add("22", "日本", "down");
        table.Add("333", "e\u0301", "");

        table.Print(new Terminal(TextReader.Null, output, TextWriter.Null, false, false));

        Assert.Equal("ID   NAME  STATE\n1    a     up\n22   日本  down\n333  e\u0301     -\n", output.ToString());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("tab\tand\nline", "tab and line")]
    [InlineData("\u001b[31mred\u001b[0m", "\uFFFD[31mred\uFFFD[0m")]
    [InlineData("\u0000\u0007\u007f\u009b", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("abc\u202egnp.exe", "abc\uFFFDgnp.exe")]
    [InlineData("a\u200bb\u2028c", "a\uFFFDb\uFFFDc")]
    [InlineData("grüße 日本 🙂", "grüße 日本 🙂")]
    [InlineData(null, "")]
    public void Plain_TextOfOthers_KeepsOnlyWhatPrints(string? text, string shown) => Assert.Equal(shown, Plain.Line(text));

    [Fact]
    public void Plain_LoneSurrogate_IsReplaced() => Assert.Equal("\uFFFD", Plain.Line(new string((char)0xD800, 1)));

    [Fact]
    public void Fail_WordsOfOthers_AreStripped()
    {
        using StringWriter error = new();
        Terminal terminal = new(TextReader.Null, TextWriter.Null, error, false, false);

        Assert.Equal(1, terminal.Fail(ExitCode.Failed, "bad \u001b[2J", "try \u0007"));

        Assert.Equal("qu: bad \uFFFD[2J\n    try \uFFFD\n", error.ToString());
    }

    [Theory]
    [InlineData("5s", 5)]
    [InlineData("1m30s", 90)]
    [InlineData("2h", 7200)]
    [InlineData("168h", 604_800)]
    public void Duration_AsWritten_IsReadAndFormattedBack(string text, int seconds)
    {
        Assert.True(DurationArgument.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.Equal(text, DurationArgument.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("99999999999s")]
    [InlineData("999999999h")]
    [InlineData("1.5h")]
    [InlineData("٣s")]
    public void Duration_AnythingElse_IsRefused(string? text) => Assert.False(DurationArgument.TryParse(text, out _));

    [Theory]
    [InlineData("db.example.org:5432", true)]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:65535", true)]
    [InlineData("::1:80", false)]
    [InlineData(":80", false)]
    [InlineData("host:", false)]
    [InlineData("host:0", false)]
    [InlineData("host:+80", false)]
    [InlineData("a b:80", false)]
    [InlineData("[]:80", false)]
    [InlineData("[host]:80", false)]
    public void HostPort_Text_IsJudged(string text, bool good) => Assert.Equal(good, TargetText.FaultOfHostPort(text) is null);

    [Fact]
    public void Fingerprint_EveryWrittenForm_IsTheSame()
    {
        string hex = string.Concat(Enumerable.Repeat("ab", 32));
        string pairs = string.Join(':', Enumerable.Repeat("AB", 32));
        foreach (string text in new[] { hex, "sha256:" + hex, "SHA256:" + hex.ToUpperInvariant(), pairs, " " + pairs })
        {
            Assert.True(FingerprintText.TryParse(text, out byte[] bytes), text);
            Assert.Equal("sha256:" + hex, FingerprintText.Format(bytes));
        }
        foreach (string text in new[] { "", "sha256:", hex[1..], hex + "00", "md5:" + hex, pairs[1..], pairs.Replace(':', '-') })
            Assert.False(FingerprintText.TryParse(text, out _), text);
    }
}
