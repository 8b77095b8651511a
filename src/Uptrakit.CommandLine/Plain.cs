using System.Globalization;
using System.Text;

namespace Uptrakit.CommandLine;

/// <summary>Makes text that others wrote safe to show.</summary>
/// <remarks>
/// Names, details and warnings come from peers and from probed servers. An escape sequence in one of them could move the
/// cursor, rewrite earlier lines or answer for the keyboard; a bidirectional override could make a name read as another.
/// </remarks>
public static class Plain
{
    /// <summary>One line of printable characters; whatever is not becomes U+FFFD, so that it shows.</summary>
    public static string Line(string? text)
    {
        if (string.IsNullOrEmpty(text) || IsHarmless(text))
            return text ?? "";

        StringBuilder line = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            line.Append(rune.Value is '\n' or '\r' or '\t' ? " " : Shows(rune) ? rune.ToString() : "\uFFFD");
        return line.ToString();
    }

    /// <summary>Columns that the text takes on a terminal.</summary>
    public static int WidthOf(string text)
    {
        // Nearly all of it is ASCII, and a table may have ten thousand rows.
        if (IsHarmless(text))
            return text.Length;
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
            width += WidthOf(rune);
        return width;
    }

    private static bool IsHarmless(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    // The ranges of East Asian Width W and F that occur in names; the rest is one column.
    private static int WidthOf(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0x1F300 and <= 0x1FAFF
            or >= 0x20000 and <= 0x3FFFD => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : 1,
    };
}
