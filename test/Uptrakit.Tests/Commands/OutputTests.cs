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

        table.Print(new Terminal("qu", TextReader.Null, output, TextWriter.Null, false, false));

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
        Terminal terminal = new("qu", TextReader.Null, TextWriter.Null, error, false, false);

        Assert.Equal(1, terminal.Fail(ExitCode.Failed, "bad \u001b[2J", "try \u0007"));

        Assert.Equal("qu: bad \uFFFD[2J\n    try \uFFFD\n", error.ToString());
    }
}
