using System.Text;

namespace Uptrakit.Quorum.State;

/// <summary>What may be a name, and what is an id.</summary>
/// <remarks>
/// No Unicode tables are asked: they differ between runtimes, and nodes of two versions must decide alike.
/// </remarks>
internal static class Names
{
    public const int MaxLength = 64;

    public static bool IsCheckId(ReadOnlySpan<char> text) => IsId(text, 'c', 12);

    public static bool IsAlertId(ReadOnlySpan<char> text) => IsId(text, 'a', 12);

    public static bool IsWindowId(ReadOnlySpan<char> text) => IsId(text, 'w', 12);

    public static bool IsEnrollmentId(ReadOnlySpan<char> text) => IsId(text, 'e', 16);

    public static string? FaultOf(string name)
    {
        if (name.Length == 0)
            return "name: is empty; 1 to 64 characters are allowed";
        if (FaultOfText("name", name, MaxLength) is { } fault)
            return fault;
        if (name[0] == '-')
            return "name: must not start with '-', which a command line reads as an option";
        if (IsSpace(name[0]) || IsSpace(name[^1]))
            return "name: must not start or end with a space";
        return IsCheckId(name) || IsAlertId(name) || IsWindowId(name) || IsEnrollmentId(name)
            ? $"name: '{name}' looks like an id; choose a name that cannot be mistaken for one"
            : null;
    }

    /// <summary>Text of one line: bounded, well-formed, and without characters that are not seen.</summary>
    public static string? FaultOfText(string field, string text, int maxLength)
    {
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            // An unpaired surrogate is enumerated as U+FFFD.
            if (IsHidden(rune.Value))
                return $"{field}: has an invisible or control character at position {length + 1}; "
                    + "letters, digits, spaces and punctuation are allowed";
            length++;
        }

        return length > maxLength ? $"{field}: is {length} characters long; at most {maxLength} are allowed" : null;
    }

    /// <summary>Controls, line separators, zero-width and bidirectional marks: they forge lines and hide differences.</summary>
    public static bool IsHidden(int rune) => rune is < 0x20 or (>= 0x7F and <= 0x9F) or 0xAD or 0x61C or 0x180E or 0x200B
        or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFF)
        or (>= 0xE0000 and <= 0xE0FFF) || (rune & 0xFFFE) == 0xFFFE;

    private static bool IsSpace(char c) => c is ' ' or '\u00A0' or '\u1680' or (>= '\u2000' and <= '\u200A') or '\u202F'
        or '\u205F' or '\u3000';

    private static bool IsId(ReadOnlySpan<char> text, char kind, int digits)
    {
        if (text.Length != digits + 2 || text[0] != kind || text[1] != '-')
            return false;
        foreach (char c in text[2..])
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }
}
