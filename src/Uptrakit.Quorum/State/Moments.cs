using System.Globalization;

namespace Uptrakit.Quorum.State;

/// <summary>Points in time, as messages carry them and as people write them: with the zone, because a file is read on more than one machine.</summary>
internal static class Moments
{
    /// <summary>The end of the year 9999 (UTC), in milliseconds of the epoch: no calendar has a later time.</summary>
    public const long LatestMs = 253_402_300_799_999;

    /// <summary>Whatever somebody sent is a time: what no calendar has is the first or the last that one has.</summary>
    public static DateTimeOffset Of(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, LatestMs));

    /// <summary>Whether the two are less than so many milliseconds apart, whichever is later. Whatever somebody sent, this does not throw.</summary>
    public static bool AreWithin(long ms, long a, long b) => a > b - ms && a < b + ms;

    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        bool hasZone = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T') && text.Contains('T');
        if (!hasZone || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return false;
        milliseconds = time.ToUnixTimeMilliseconds();
        return milliseconds > 0;
    }

    public static string Text(long milliseconds) => Of(milliseconds)
        .ToString(milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
