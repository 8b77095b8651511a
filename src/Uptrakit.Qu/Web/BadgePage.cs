using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>A check's state or uptime as a picture for other pages: <c>/badge/&lt;id or name&gt;.svg?uptime=30d</c>.</summary>
internal sealed class BadgePage(WebSources sources, TimeProvider clock)
{
    private const string Ending = ".svg";

    public Task ServeAsync(HttpContext context)
    {
        string file = context.Request.RouteValues["file"] as string ?? "";
        string asked = context.Request.Query["uptime"].ToString();
        if (!file.EndsWith(Ending, StringComparison.Ordinal) || !TryDays(asked, out int days)
            || !sources.State.State.Checks.TryFind(file[..^Ending.Length], out Check? check) || !PublicChecks.IsPublic(check))
            return Answers.NotFoundAsync(context);
        context.Response.Headers.CacheControl = "public, max-age=30";
        // Made to be shown elsewhere.
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Answers.SendAsync(context, "image/svg+xml; charset=utf-8", Render(check, days));
    }

    private byte[] Render(Check check, int days)
    {
        if (days == 0)
        {
            CheckState state = PublicChecks.StateOf(sources.State.State, check);
            return Draw(check.Name, Words.Of(state), ColourOf(state));
        }

        DateTimeOffset now = clock.GetUtcNow();
        double? share = sources.History.UptimeOf(check.Id, now.AddDays(-days), now).Share;
        return Draw($"{check.Name} {days} d", Words.Percent(share), share switch
        {
            null => "#595f69",
            >= 0.99 => "#0a6b2d",
            >= 0.95 => "#7a4f00",
            _ => "#b3121d",
        });
    }

    private static byte[] Draw(string label, string value, string colour)
    {
        (int left, int right) = (Width(label), Width(value));
        return new Html()
            .Raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").Raw(left + right).Raw("\" height=\"20\" role=\"img\"><title>").Text(label).Raw(": ").Text(value)
            .Raw("</title><rect width=\"").Raw(left + right).Raw("\" height=\"20\" rx=\"3\" fill=\"#3a3f47\"/><path d=\"M").Raw(left).Raw(" 0h").Raw(right - 3)
            .Raw("a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-").Raw(right - 3).Raw("z\" fill=\"").Raw(colour)
            .Raw("\"/><g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\"><text x=\"").Raw(left / 2).Raw("\" y=\"14\">").Text(label)
            .Raw("</text><text x=\"").Raw(left + (right / 2)).Raw("\" y=\"14\">").Text(value).Raw("</text></g></svg>").ToBytes();
    }

    /// <summary>Nobody knows the reader's font: seven pixels for a character is enough for most.</summary>
    private static int Width(string text) => (text.Length * 7) + 12;

    private static string ColourOf(CheckState state) => state switch
    {
        CheckState.Up => "#0a6b2d",
        CheckState.Down => "#b3121d",
        CheckState.Warn or CheckState.Degraded => "#7a4f00",
        CheckState.Maintenance => "#0b57a4",
        _ => "#595f69",
    };

    private static bool TryDays(string asked, out int days)
    {
        days = asked switch { "" => 0, "7d" => 7, "30d" => 30, "90d" => 90, _ => -1 };
        return days >= 0;
    }
}
