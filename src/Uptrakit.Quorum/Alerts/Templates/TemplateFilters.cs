using System.Globalization;
using System.Text;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>What may stand after a bar. Each does the same in the page that `qu builder` writes.</summary>
internal static class TemplateFilters
{
    /// <summary>Name, arguments (t: text, n: number, ? from here on they may be left out), help.</summary>
    internal static IReadOnlyList<(string Name, string Arguments, string Help)> All { get; } =
    [
        ("upper", "", "in capital letters"),
        ("lower", "", "in small letters"),
        ("trim", "", "without white space around it"),
        ("truncate", "n", "at most so many characters: | truncate 100"),
        ("default", "t", "this when there is nothing: | default \"-\""),
        ("replace", "tt", "| replace \"from\" \"to\""),
        ("join", "t", "the items of a list with this between them: | join \", \""),
        ("date", "t?t", "| date \"yyyy-MM-dd HH:mm:ss\", also MMM and ddd; with an offset from UTC: \"+02:00\""),
        ("duration", "", "a number of seconds as 1h 2m"),
        ("size", "", "how many items or characters"),
    ];

    internal static string? FaultOf(string name, IReadOnlyList<TemplateValue> arguments)
    {
        (string Name, string Arguments, string Help) filter = All.FirstOrDefault(f => f.Name == name);
        if (filter.Name is null)
            return $"there is no filter '{name}'; {string.Join(", ", All.Select(f => f.Name))} are known";
        string all = filter.Arguments.Replace("?", "", StringComparison.Ordinal);
        int least = filter.Arguments.Contains('?') ? filter.Arguments.IndexOf('?') : all.Length;
        if (arguments.Count < least || arguments.Count > all.Length
            || arguments.Where((a, i) => (a is TemplateValue.Number) != (all[i] == 'n')).Any())
            return all.Length == 0 ? $"'{name}' takes nothing after it" : $"'{name}' is written {filter.Help[filter.Help.IndexOf('|')..]}";
        return name switch
        {
            "truncate" when ((TemplateValue.Number)arguments[0]).Value is < 1 or > TemplateLimits.Filtered =>
                $"'truncate' takes a number from 1 to {TemplateLimits.Filtered}",
            "replace" when arguments[0].Shown.Length == 0 => "'replace' needs something to look for",
            "date" when arguments.Count == 2 && !TryOffset(arguments[1].Shown, out _) => "an offset is written \"+02:00\" or \"-05:30\"",
            _ => null,
        };
    }

    /// <summary>How long the text will be, told before it is made.</summary>
    internal static int LengthAfter(string name, string shown, IReadOnlyList<TemplateValue> arguments)
    {
        if (name != "replace")
            return shown.Length;
        string from = arguments[0].Shown;
        int count = 0;
        for (int at = shown.IndexOf(from, StringComparison.Ordinal); at >= 0; at = shown.IndexOf(from, at + from.Length, StringComparison.Ordinal))
            count++;
        return shown.Length + count * (arguments[1].Shown.Length - from.Length);
    }

    internal static TemplateValue Apply(string name, TemplateValue value, string shown, IReadOnlyList<TemplateValue> arguments) => name switch
    {
        "upper" => Text(Cased(shown, Upper)),
        "lower" => Text(Cased(shown, Rune.ToLowerInvariant)),
        "trim" => Text(shown.Trim(' ', '\t', '\n', '\r')),
        "truncate" => Text(PlainText.Truncate(shown, (int)((TemplateValue.Number)arguments[0]).Value)),
        "default" => value.IsTrue ? value : arguments[0],
        "replace" => Text(shown.Replace(arguments[0].Shown, arguments[1].Shown, StringComparison.Ordinal)),
        "join" => value is TemplateValue.List list ? Text(string.Join(arguments[0].Shown, list.Items.Select(i => i.Shown))) : value,
        "date" => Text(Date(shown, arguments[0].Shown, arguments.Count > 1 ? arguments[1].Shown : "+00:00")),
        "duration" => value is TemplateValue.Number seconds ? Text(AlertText.Duration(TimeSpan.FromSeconds(seconds.Value))) : value,
        _ => new TemplateValue.Number(value is TemplateValue.List items ? items.Items.Count : shown.Length),
    };

    private static TemplateValue.Text Text(string text) => new(text);

    // Greek with the iota below: written large, Unicode makes two letters of one, and a browser does so.
    private static Rune Upper(Rune rune) =>
        rune.Value is (>= 0x1F80 and <= 0x1FAF) or 0x1FB3 or 0x1FC3 or 0x1FF3 ? rune : Rune.ToUpperInvariant(rune);

    // Letter by letter: a sharp s stays one. Latin, Greek, Cyrillic and Armenian only: to other blocks Unicode still adds letters,
    // and a browser knows them years before or after this program.
    private static string Cased(string text, Func<Rune, Rune> map)
    {
        StringBuilder cased = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            cased.Append((rune.Value is < 0x0588 or (>= 0x1E00 and < 0x2000) ? map(rune) : rune).ToString());
        return cased.ToString();
    }

    private static bool TryOffset(string text, out TimeSpan offset)
    {
        offset = default;
        bool shaped = text.Length == 6 && text[0] is '+' or '-' && text[3] == ':' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2])
            && char.IsAsciiDigit(text[4]) && char.IsAsciiDigit(text[5]);
        if (!shaped)
            return false;
        int hours = int.Parse(text.AsSpan(1, 2), CultureInfo.InvariantCulture);
        int minutes = int.Parse(text.AsSpan(4, 2), CultureInfo.InvariantCulture);
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return hours <= 14 && minutes <= 59;
    }

    private static string Date(string time, string format, string offset)
    {
        if (!DateTimeOffset.TryParseExact(
                time, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            || moment.Year is < 1970 or > 9998 || !TryOffset(offset, out TimeSpan east))
            return time;

        DateTime local = moment.UtcDateTime + east;
        StringBuilder text = new();
        for (int at = 0; at < format.Length;)
        {
            string? part = s_parts.FirstOrDefault(p => string.CompareOrdinal(format, at, p, 0, p.Length) == 0);
            text.Append(part is null ? format[at].ToString() : local.ToString(part, CultureInfo.InvariantCulture));
            at += part?.Length ?? 1;
        }

        return text.ToString();
    }

    private static readonly string[] s_parts = ["yyyy", "MMM", "MM", "ddd", "dd", "HH", "mm", "ss"];
}
