using System.Globalization;
using Uptrakit.Trust.Text;

namespace Uptrakit.Cli.Output;

/// <summary>Points in time for people: distances, and dates where the day matters.</summary>
internal static class Moments
{
    internal static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static string Ago(TimeProvider clock, DateTimeOffset? at)
    {
        if (at is not DateTimeOffset then)
            return "never";
        TimeSpan past = clock.GetUtcNow() - then;
        return past < TimeSpan.FromSeconds(1) ? "now" : $"{Rough(past)} ago";
    }

    /// <summary>"never" for what does not end.</summary>
    internal static string Until(TimeProvider clock, DateTimeOffset? at)
    {
        if (at is not DateTimeOffset end)
            return "never";
        TimeSpan left = end - clock.GetUtcNow();
        return left <= TimeSpan.Zero ? "expired" : $"in {Rough(left)}";
    }

    // Two units are enough for people: 3h12m, not 3h12m7s.
    private static string Rough(TimeSpan span) => span.TotalDays >= 2
        ? $"{(int)span.TotalDays}d"
        : Durations.Format(TimeSpan.FromSeconds(span.TotalHours >= 1
            ? Math.Floor(span.TotalMinutes) * 60
            : Math.Max(1, Math.Floor(span.TotalSeconds))));
}
