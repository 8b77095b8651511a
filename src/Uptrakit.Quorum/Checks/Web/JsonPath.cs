using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>One step of a path: a name, an index, or all of an array.</summary>
internal sealed record JsonStep(byte[]? Name, int Index)
{
    private const int All = -1;

    internal static JsonStep Every { get; } = new(null, All);

    internal bool LeadsTo(ref Utf8JsonReader name) => Name is not null && name.ValueTextEquals(Name);

    internal bool LeadsTo(int index) => Name is null && (Index == All || Index == index);
}

/// <summary>Where in a JSON text a value is: <c>$.status</c>, <c>$.nodes[0].name</c>, <c>$.items[*].ok</c>, <c>$['odd name']</c>.</summary>
internal static class JsonPath
{
    internal const int StepLimit = 32;
    private const int LengthLimit = 512;

    internal static bool TryParse(string text, [NotNullWhen(true)] out JsonStep[]? steps, out string fault)
    {
        steps = null;
        fault = "";
        if (text.Length is 0 or > LengthLimit || text[0] != '$')
            return Refuse(text, "begins with $ and has at most 512 characters, as $.items[0].name", out fault);

        List<JsonStep> found = [];
        int at = 1;
        while (at < text.Length)
        {
            if (Next(text, ref at) is not { } step)
                return Refuse(text, "is made of .name, ['name'], [0] and [*]", out fault);
            found.Add(step);
            if (found.Count > StepLimit)
                return Refuse(text, $"has at most {StepLimit} steps", out fault);
        }

        steps = [.. found];
        return true;
    }

    private static JsonStep? Next(string text, ref int at)
    {
        if (text[at] == '.')
        {
            int from = at + 1;
            int end = text.AsSpan(from).IndexOfAny('.', '[');
            at = end < 0 ? text.Length : from + end;
            return Named(text[from..at]);
        }

        if (text[at] != '[')
            return null;
        int open = at + 1;
        if (open < text.Length && text[open] is '\'' or '"')
            return Quoted(text, text[open], ref at);
        int close = text.IndexOf(']', open);
        if (close < 0)
            return null;
        at = close + 1;
        string index = text[open..close];
        if (index == "*")
            return JsonStep.Every;
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? new JsonStep(null, number) : null;
    }

    private static JsonStep? Quoted(string text, char quote, ref int at)
    {
        int from = at + 2;
        int end = from <= text.Length ? text.IndexOf($"{quote}]", from, StringComparison.Ordinal) : -1;
        if (end < 0)
            return null;
        at = end + 2;
        return Named(text[from..end]);
    }

    private static JsonStep? Named(string name) => name.Length == 0 ? null : new JsonStep(Encoding.UTF8.GetBytes(name), 0);

    private static bool Refuse(string text, string rule, out string fault)
    {
        fault = $"the JSON path '{PlainText.Clean(text, 60)}' is not one: a path {rule}";
        return false;
    }
}
