using System.Globalization;
using System.Text.Json;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Points in time: ISO 8601 in UTC for programs, distances for people.</summary>
internal static class Times
{
    /// <summary>Null for 0, which stands for never.</summary>
    internal static string? Iso(long unixMs) => unixMs <= 0
        ? null
        : Moments.Of(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    internal static string Ago(TimeProvider clock, long unixMs)
    {
        if (unixMs <= 0)
            return "never";
        TimeSpan past = clock.GetUtcNow() - Moments.Of(unixMs);
        return past < TimeSpan.FromSeconds(1) ? "now" : $"{Rough(past)} ago";
    }

    internal static string Until(TimeProvider clock, long unixMs)
    {
        TimeSpan left = Moments.Of(unixMs) - clock.GetUtcNow();
        return left <= TimeSpan.Zero ? "expired" : $"in {Rough(left)}";
    }

    /// <summary>A point in time for people, in UTC.</summary>
    internal static string Shown(long unixMs) => Moments.Of(unixMs).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same without the year, for narrow columns.</summary>
    internal static string Short(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A length of time for people.</summary>
    internal static string Lasting(long milliseconds) => milliseconds is > 0 and < 1000 ? "<1s" : Rough(TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)));

    internal static void WriteTime(this Utf8JsonWriter json, string name, long unixMs) => json.WriteString(name, Iso(unixMs));

    // Two units are enough for people: 3h12m, not 3h12m7s.
    private static string Rough(TimeSpan span) => span.TotalDays >= 2
        ? $"{(int)span.TotalDays}d"
        : Durations.Format(TimeSpan.FromSeconds(span.TotalHours >= 1
            ? Math.Floor(span.TotalMinutes) * 60
            : Math.Floor(span.TotalSeconds)));
}
