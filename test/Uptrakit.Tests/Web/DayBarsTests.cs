using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.History;

namespace Uptrakit.Tests.Web;

public sealed class DayBarsTests
{
    /// <summary>What is drawn, read back as a browser draws it, is what there was: in strokes and in dashes.</summary>
    [Fact]
    public void Bars_OfAnyDays_ShowThoseDays()
    {
        (int strokes, int dashes) = (0, 0);
        Gen.Int[0, 4].Select(static level => (DayLevel)level).Array[90].Sample(days =>
        {
            string picture = Picture(days);
            strokes += picture.Contains('m') ? 1 : 0;
            dashes += picture.Contains("stroke-dasharray", StringComparison.Ordinal) ? 1 : 0;
            Assert.Equal(days, Read(picture));
        }, threads: 1);
        Gen.Int[0, 89].Select(Gen.Int[1, 4]).Sample((at, level) =>
        {
            DayLevel[] days = new DayLevel[90];
            Array.Fill(days, DayLevel.Up);
            days[at] = (DayLevel)level;
            Assert.Equal(days, Read(Picture(days)));
        }, threads: 1);

        Assert.True(dashes > 0 && strokes > 0, $"{strokes} {dashes}");
    }

    [Fact]
    public void Bars_OfGoodDays_AreNothing()
    {
        DayLevel[] days = new DayLevel[90];
        Array.Fill(days, DayLevel.Up);

        Assert.Equal("<svg></svg>", Picture(days));
    }

    private static string Picture(DayLevel[] days)
    {
        Html page = new();
        DayBars.Draw(page, days);
        return page.ToString();
    }

    private static DayLevel[] Read(string picture)
    {
        DayLevel[] days = new DayLevel[90];
        Array.Fill(days, DayLevel.Up);
        // HTML needs no quotes, the reader of XML does.
        string quoted = System.Text.RegularExpressions.Regex.Replace(picture, "([a-z-]+)=([^ >]+)", "$1=\"$2\"");
        foreach (XElement path in XElement.Parse(quoted).Elements())
        {
            DayLevel level = path.Attribute("class")?.Value switch { "n" => DayLevel.None, "w" => DayLevel.Warn, "d" => DayLevel.Down, null => DayLevel.Partly, _ => throw new InvalidDataException(picture) };
            int at = 0;
            if (path.Attribute("stroke-dasharray")?.Value.Split(',') is { } pattern)
            {
                int[] lengths = [.. pattern.Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];
                Assert.Equal("M0,0h90", path.Attribute("d")!.Value);
                Assert.True(lengths.Length % 2 == 0 && lengths.Sum() >= 90, "the pattern begins again");
                for (int i = 0; i < lengths.Length; at += lengths[i++])
                {
                    if (i % 2 == 0)
                        Array.Fill(days, level, at, lengths[i]);
                }

                continue;
            }

            foreach (string[] stroke in path.Attribute("d")!.Value.Split(['M', 'm'], StringSplitOptions.RemoveEmptyEntries).Select(static s => s.Split(",0h")))
            {
                (int gap, int length) = (int.Parse(stroke[0], CultureInfo.InvariantCulture), int.Parse(stroke[1], CultureInfo.InvariantCulture));
                Array.Fill(days, level, at + gap, length);
                at += gap + length;
            }
        }

        return days;
    }
}
