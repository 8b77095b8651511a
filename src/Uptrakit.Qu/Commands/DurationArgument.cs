using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Durations as operators write them: 5s, 1m30s, 2h.</summary>
internal static class DurationArgument
{
    /// <summary>Takes what is more than nothing and not more than <paramref name="most"/>.</summary>
    internal static TimeSpan? Parse(ArgumentResult result, TimeSpan most)
    {
        string text = result.Tokens[0].Value;
        if (!TryParse(text, out TimeSpan duration))
            result.AddError($"{Flags.NameOf(result)}: '{text}' is not a duration; write it like 30s, 1m30s or 2h");
        else if (duration <= TimeSpan.Zero || duration > most)
            result.AddError($"{Flags.NameOf(result)}: must be more than 0 and at most {Format(most)}");
        else
            return duration;
        return null;
    }

    internal static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text;
        if (rest.IsEmpty)
            return false;

        double seconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 9)
                return false;
            long number = long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..];
            int unit = rest.StartsWith("ms", StringComparison.Ordinal) ? 2 : 1;
            double factor = rest[..unit] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => 0 };
            if (factor == 0)
                return false;
            seconds += number * factor;
            rest = rest[unit..];
        }
        // A year: far beyond every use, and far from overflow.
        if (seconds > TimeSpan.FromDays(366).TotalSeconds)
            return false;
        duration = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return true;
    }

    internal static string Format(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
            return "0s";
        StringBuilder text = new();
        if (duration.TotalHours >= 1)
            text.Append((long)duration.TotalHours).Append('h');
        if (duration.Minutes > 0)
            text.Append(duration.Minutes).Append('m');
        if (duration.Seconds > 0)
            text.Append(duration.Seconds).Append('s');
        if (duration.Milliseconds > 0)
            text.Append(duration.Milliseconds).Append("ms");
        return text.Length > 0 ? text.ToString() : "0s";
    }
}
