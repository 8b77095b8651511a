using System.Globalization;
using System.Text;
using Uptrakit.Quorum.History;

namespace Uptrakit.Qu.Web;

/// <summary>Ninety days of a check as a picture of as few bytes as there can be: a page has a thousand of them.</summary>
/// <remarks>
/// The ground is the colour of a good day. Upon it each other look is one path, a unit wide for each day, which the style sheet brings to
/// its size; ninety elements for each check would make a page of megabytes. Readers who do not see it have the state and the uptime in words.
/// </remarks>
internal static class DayBars
{
    private static readonly DayLevel[] Drawn = [DayLevel.None, DayLevel.Warn, DayLevel.Partly, DayLevel.Down];

    public static void Draw(Html page, DayLevel[] days)
    {
        page.Raw("<svg>");
        foreach (DayLevel level in Drawn)
        {
            if (Array.IndexOf(days, level) >= 0)
                Draw(page, days, level);
        }

        page.Raw("</svg>");
    }

    private static void Draw(Html page, DayLevel[] days, DayLevel level)
    {
        List<(int Gap, int Length)> runs = Runs(days, level);
        (string strokes, string dashes) = (Strokes(runs), Dashes(runs, days.Length));
        // A path without a class is a day that was partly down.
        page.Raw("<path").Raw(level == DayLevel.Partly ? "" : " class=").Raw(level == DayLevel.Partly ? "" : Words.Class(level)).Raw(" d=")
            .Raw(dashes.Length < strokes.Length ? dashes : strokes).Raw(" />");
    }

    /// <summary>Days of one look in a row, and how many days of other looks come before them.</summary>
    private static List<(int Gap, int Length)> Runs(DayLevel[] days, DayLevel level)
    {
        List<(int Gap, int Length)> runs = [];
        int ended = 0;
        for (int begin = 0, end; begin < days.Length; begin = end)
        {
            for (end = begin + 1; end < days.Length && days[end] == days[begin]; end++)
            {
            }

            if (days[begin] != level)
                continue;
            runs.Add((begin - ended, end - begin));
            ended = end;
        }

        return runs;
    }

    /// <summary>A move and a line for each: six bytes, shorter for a few.</summary>
    private static string Strokes(List<(int Gap, int Length)> runs)
    {
        StringBuilder path = new();
        foreach ((int gap, int length) in runs)
            path.Append(path.Length == 0 ? 'M' : 'm').Append(CultureInfo.InvariantCulture, $"{gap},0h{length}");
        return path.ToString();
    }

    /// <summary>One line with dashes: four bytes for each, shorter for many. The last gap goes to the end, or the pattern would begin again.</summary>
    private static string Dashes(List<(int Gap, int Length)> runs, int days)
    {
        StringBuilder path = new();
        path.Append(CultureInfo.InvariantCulture, $"M0,0h{days} stroke-dasharray=0");
        foreach ((int gap, int length) in runs)
            path.Append(CultureInfo.InvariantCulture, $",{gap},{length}");
        return path.Append(CultureInfo.InvariantCulture, $",{days}").ToString();
    }
}
