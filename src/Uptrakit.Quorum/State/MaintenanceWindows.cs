using Cronos;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary>Maintenance windows: what one may be, and whether one is open.</summary>
internal static class MaintenanceWindows
{
    private const int MaxTargets = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>What is wrong with it, decided alike on every node; null when nothing is. Whether the zone exists is not asked: that differs between hosts.</summary>
    public static string? FaultOf(MaintenanceWindow window) => FaultsOf(window).FirstOrDefault();

    /// <summary>All that is wrong with it.</summary>
    public static IEnumerable<string> FaultsOf(MaintenanceWindow window) => new[]
    {
        window.Id.Length == 0 || Names.IsWindowId(window.Id) ? null : $"id: '{Validation.Shown(window.Id)}' is not an id; w- and 12 hexadecimal digits, or nothing for a new one, are allowed",
        Names.FaultOf(window.Name),
        FaultOfScope(window),
        FaultOfTime(window),
    }.OfType<string>();

    /// <summary>Whether it is about the check.</summary>
    public static bool Covers(MaintenanceWindow window, Check check) =>
        window.All || window.CheckIds.Contains(check.Id) || window.Tags.Any(check.Tags.Contains);

    /// <summary>Until when it is open at that moment; null when it is not.</summary>
    /// <remarks>
    /// A cron expression fires by the clock on the wall of its zone: what falls into an hour that summer time skips fires right after it, and what
    /// falls into one that comes twice fires once. How long a window lasts is counted in real time.
    /// </remarks>
    public static DateTimeOffset? OpenUntil(MaintenanceWindow window, DateTimeOffset now)
    {
        if (window.Cron.Length == 0)
        {
            long at = now.ToUnixTimeMilliseconds();
            return at >= window.FromMs && at < window.ToMs ? Moments.Of(window.ToMs) : null;
        }

        if (!CronExpression.TryParse(window.Cron, out CronExpression? cron) || ZoneOf(window.Zone) is not { } zone)
            return null;
        TimeSpan lasts = TimeSpan.FromMilliseconds(window.LastsMs);
        DateTimeOffset? last = null;
        // One that fired this long ago or less is open; the last of them ends last.
        for (DateTimeOffset? fires = cron.GetNextOccurrence(now - lasts, zone); fires <= now; fires = cron.GetNextOccurrence(fires.Value, zone))
            last = fires;
        return last + lasts > now ? last + lasts : null;
    }

    /// <summary>When it opens next, after that moment; null for never.</summary>
    public static DateTimeOffset? OpensNext(MaintenanceWindow window, DateTimeOffset now) => window.Cron.Length == 0
        ? window.FromMs > now.ToUnixTimeMilliseconds() ? Moments.Of(window.FromMs) : null
        : CronExpression.TryParse(window.Cron, out CronExpression? cron) && ZoneOf(window.Zone) is { } zone ? cron.GetNextOccurrence(now, zone) : null;

    /// <summary>Null for one that this host does not know.</summary>
    public static TimeZoneInfo? ZoneOf(string zone) => zone.Length == 0
        ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found) ? found : null;

    private static string? FaultOfScope(MaintenanceWindow window)
    {
        if (window.CheckIds.Count + window.Tags.Count > MaxTargets)
            return $"checks: {window.CheckIds.Count + window.Tags.Count} checks and tags are given; at most {MaxTargets} are allowed";
        bool some = window.CheckIds.Count + window.Tags.Count > 0;
        return window.All == some ? "checks: name checks or tags, or say that it is for all, and not both" : null;
    }

    private static string? FaultOfTime(MaintenanceWindow window)
    {
        if (window.Cron.Length == 0)
        {
            if (window.LastsMs != 0 || window.Zone.Length > 0)
                return "cron: is missing; 'lasts' and 'zone' are for windows that come again";
            return window.FromMs > 0 && window.ToMs is > 0 and <= Moments.LatestMs && window.ToMs > window.FromMs && window.ToMs - window.FromMs <= Longest.TotalMilliseconds
                ? null
                : $"to: must be after 'from', by {Durations.Format(Longest)} at most";
        }

        if (window.FromMs != 0 || window.ToMs != 0)
            return "from: is for windows that come once; beside 'cron' give 'lasts'";
        if (window.Cron.Length > 128 || !CronExpression.TryParse(window.Cron, out _))
            return $"cron: '{Validation.Shown(window.Cron)}' is not a cron expression; write minute hour day month weekday, such as '0 3 * * SUN'";
        return window.LastsMs >= 1000 && window.LastsMs <= Longest.TotalMilliseconds
            ? Names.FaultOfText("zone", window.Zone, Names.MaxLength)
            : $"lasts: {Durations.Format(window.LastsMs)} is out of range; 1s to {Durations.Format(Longest)} are allowed";
    }
}
