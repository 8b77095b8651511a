using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.Checks;

/// <summary>Makes text that a target or a stranger chose safe to store, log and show on one line.</summary>
internal static class PlainText
{
    /// <summary>The most characters that a probe tells about itself.</summary>
    internal const int DetailLimit = 256;

    /// <summary>One line of at most <paramref name="limit"/> characters.</summary>
    /// <remarks>
    /// Line breaks forge log lines and mail headers, escape characters steer terminals, bidirectional overrides show a
    /// text that is not the one stored, and half a surrogate pair is no text at all. Each run of them becomes one space.
    /// </remarks>
    internal static string Clean(string? text, int limit = DetailLimit)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // What probes write themselves, nearly always.
        if (text.Length <= limit && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        StringBuilder clean = new(Math.Min(text.Length, limit));
        bool gap = false;
        // One rune beyond the limit is enough to know that there is more; the rest may be long.
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Unwanted(rune))
            {
                gap = clean.Length > 0;
                continue;
            }

            if (gap)
                clean.Append(' ');
            gap = false;
            clean.Append(rune.ToString());
            if (clean.Length > limit)
                break;
        }

        return Truncate(clean.ToString(), limit);
    }

    /// <summary>At most <paramref name="limit"/> characters, the last of them an ellipsis where something was cut.</summary>
    internal static string Truncate(string text, int limit)
    {
        if (text.Length <= limit)
            return text;

        int end = limit - 1;
        if (end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private static bool Unwanted(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate => true,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // What EnumerateRunes puts in place of half a surrogate pair.
        _ => rune == Rune.ReplacementChar,
    };
}
