using System.Globalization;
using System.Text;

namespace Uptrakit.Trust.Text;

/// <summary>Durations as people write them: <c>5s</c>, <c>1m30s</c>, <c>2h</c>, <c>500ms</c>, <c>1d</c>.</summary>
public static class Durations
{
    private static readonly (string Name, long Milliseconds)[] Units =
    [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ];

    private const long MaxMilliseconds = long.MaxValue / TimeSpan.TicksPerMillisecond;

    /// <summary>Whole numbers with a unit each, from the largest unit to the smallest, every unit at most once.</summary>
    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;
        if (string.IsNullOrEmpty(text))
            return false;

        long total = 0;
        int unit = 0;
        ReadOnlySpan<char> rest = text;
        while (rest.Length > 0)
        {
            if (!TryTake(ref rest, ref unit, out long part) || part > MaxMilliseconds - total)
                return false;
            total += part;
        }

        value = TimeSpan.FromTicks(total * TimeSpan.TicksPerMillisecond);
        return true;
    }

    /// <summary>The shortest text that parses to the same milliseconds; a negative one gets a minus and does not parse.</summary>
    public static string Format(TimeSpan value)
    {
        long milliseconds = value.Ticks / TimeSpan.TicksPerMillisecond;
        if (milliseconds == 0)
            return "0s";

        StringBuilder text = new();
        if (milliseconds < 0)
            text.Append('-');
        foreach ((string name, long size) in Units)
        {
            long count = Math.Abs(milliseconds / size);
            milliseconds %= size;
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
        }

        return text.ToString();
    }

    /// <summary>Milliseconds, as the state holds them.</summary>
    public static string Format(long milliseconds) =>
        Format(TimeSpan.FromTicks(Math.Clamp(milliseconds, -MaxMilliseconds, MaxMilliseconds) * TimeSpan.TicksPerMillisecond));

    private static bool TryTake(ref ReadOnlySpan<char> rest, ref int unit, out long milliseconds)
    {
        milliseconds = 0;
        int digits = Length(rest, char.IsAsciiDigit);
        ReadOnlySpan<char> number = rest[..digits];
        rest = rest[digits..];
        int letters = Length(rest, char.IsAsciiLetter);
        ReadOnlySpan<char> name = rest[..letters];
        rest = rest[letters..];

        // A unit that was passed is not found again: repeated and mis-ordered units end here.
        while (unit < Units.Length && !name.SequenceEqual(Units[unit].Name))
            unit++;
        if (unit == Units.Length || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            return false;

        long size = Units[unit++].Milliseconds;
        if (count > MaxMilliseconds / size)
            return false;
        milliseconds = count * size;
        return true;
    }

    private static int Length(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        int length = 0;
        while (length < text.Length && belongs(text[length]))
            length++;
        return length;
    }
}
