using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.State;

/// <summary>
/// Writes our files: fields one to a line, lists of maps indented by two. Plain where no reader could see anything but
/// that text, in double quotes otherwise.
/// </summary>
internal sealed class YamlWriter
{
    private readonly StringBuilder text = new();
    private readonly Func<string, string?> remarkOn;
    private int indent;
    private bool item;

    /// <param name="remarkOn">What is to be said of a value, behind it; null for nothing.</param>
    public YamlWriter(Func<string, string?>? remarkOn = null) => this.remarkOn = remarkOn ?? (static _ => null);

    public override string ToString() => text.ToString();

    public void Comment(string line) => text.Append("# ").Append(line).Append('\n');

    public void Field(string name, string value)
    {
        Name(name).Append(' ');
        Value(value);
        End(remarkOn(value));
    }

    public void Field(string name, long value) => Name(name).Append(CultureInfo.InvariantCulture, $" {value}\n");

    public void Field(string name, bool value) => Name(name).Append(value ? " true\n" : " false\n");

    /// <summary>Text known to be plain: a duration, a time, a word of ours.</summary>
    public void Plain(string name, string value) => Name(name).Append(' ').Append(value).Append('\n');

    /// <summary>A list on one line.</summary>
    public void Field(string name, IReadOnlyList<string> values)
    {
        Name(name).Append(" [");
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            // Inside brackets a comma ends a plain text; Value never writes one plain.
            Value(values[i]);
        }

        text.Append(']');
        End(values.Select(remarkOn).FirstOrDefault(static remark => remark is not null));
    }

    /// <summary>Lines as they are, such as PEM; each must be printable.</summary>
    public void Block(string name, string value)
    {
        Name(name).Append(" |\n");
        foreach (ReadOnlySpan<char> line in value.AsSpan().TrimEnd('\n').EnumerateLines())
            text.Append(' ', indent + 2).Append(line).Append('\n');
    }

    public void Items<T>(string name, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            Name(name).Append(" []\n");
            return;
        }

        Name(name).Append('\n');
        indent += 4;
        foreach (T each in items)
        {
            item = true;
            write(each);
        }

        indent -= 4;
    }

    public void Map(string name, Action write)
    {
        Name(name).Append('\n');
        indent += 2;
        write();
        indent -= 2;
    }

    private void End(string? remark)
    {
        if (remark is not null)
            text.Append("  # ").Append(remark);
        text.Append('\n');
    }

    private StringBuilder Name(string name)
    {
        // The first field of an item stands behind its dash.
        if (item)
            text.Append(' ', indent - 2).Append("- ");
        else
            text.Append(' ', indent);
        item = false;
        return text.Append(name).Append(':');
    }

    private void Value(string value)
    {
        if (IsPlain(value))
        {
            text.Append(value);
            return;
        }

        text.Append('"');
        foreach (char c in value)
            Escaped(c);
        text.Append('"');
    }

    private void Escaped(char c)
    {
        switch (c)
        {
            case '"': text.Append("\\\""); break;
            case '\\': text.Append("\\\\"); break;
            case '\n': text.Append("\\n"); break;
            case '\r': text.Append("\\r"); break;
            case '\t': text.Append("\\t"); break;
            // Readers of YAML 1.1 take U+0085, U+2028 and U+2029 for line breaks; U+FEFF and U+FFFE for byte orders.
            case < ' ' or (>= '\x7F' and <= '\xA0') or '\xAD' or (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E')
                or (>= '\u2060' and <= '\u206F') or '\uFEFF' or >= '\uFFF0':
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                break;
            default: text.Append(c); break;
        }
    }

    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || (!char.IsAsciiLetter(value[0]) && !Guid.TryParseExact(value, "D", out _)) || value[^1] is ' ' or ':')
            return false;
        for (int i = 0; i < value.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(value[i]) && value[i] is not (' ' or '.' or '_' or '-' or '/' or '+' or '@' or '=' or '(' or ')')
                && (value[i] != ':' || value[i + 1] == ' '))
                return false;
        }

        return !IsReserved(value);
    }

    // Words that some version of YAML reads as a truth value or as nothing.
    private static bool IsReserved(string value) => value.Length <= 5
        && value.ToUpperInvariant() is "Y" or "N" or "YES" or "NO" or "ON" or "OFF" or "TRUE" or "FALSE" or "NULL";
}
