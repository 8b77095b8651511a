using System.Globalization;
using Microsoft.AspNetCore.Http;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Web;

/// <summary>The range that a request asks for: <c>since=24h</c>, or <c>from</c> and <c>to</c> in ISO 8601.</summary>
internal static class ApiRange
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>Anything that is no time is refused; whatever is out of reach is cut to what is kept.</summary>
    public static bool TryRead(HttpRequest request, DateTimeOffset now, TimeSpan usual, out DateTimeOffset from, out DateTimeOffset to)
    {
        (from, to) = (now - usual, now);
        string since = request.Query["since"].ToString();
        if (since.Length > 0)
        {
            if (!Durations.TryParse(since, out TimeSpan span) || span <= TimeSpan.Zero)
                return false;
            from = now - (span > Longest ? Longest : span);
        }

        if (!TryTime(request.Query["from"].ToString(), ref from) || !TryTime(request.Query["to"].ToString(), ref to))
            return false;
        from = from < now - Longest ? now - Longest : from;
        to = to > now ? now : to;
        return from < to;
    }

    private static bool TryTime(string text, ref DateTimeOffset time) => text.Length == 0
        || (text.Length <= 40 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time));
}
