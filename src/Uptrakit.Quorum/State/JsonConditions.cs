namespace Uptrakit.Quorum.State;

/// <summary>Conditions on JSON as people write them: <c>$.status == ok</c>, <c>$.nodes[0].load &lt; 5</c>, <c>$.version exists</c>.</summary>
internal static class JsonConditions
{
    private const int MaxPath = 256;
    private const int MaxValue = 256;

    // The longer ones first: "<=" begins with "<".
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">", "contains", "matches", "exists"];

    public static string Text(JsonCondition condition) => condition.Op == "exists" ? $"{condition.Path} exists" : $"{condition.Path} {condition.Op} {condition.Value}";

    public static bool TryParse(string text, out JsonCondition condition, out string? fault)
    {
        condition = new JsonCondition();
        int end = EndOfPath(text);
        string path = text[..end].TrimEnd();
        string rest = text[end..].Trim();
        string? op = Operators.FirstOrDefault(o => rest.StartsWith(o, StringComparison.Ordinal) && (!char.IsAsciiLetter(o[0]) || rest.Length == o.Length || rest[o.Length] == ' '));
        fault = FaultOf(path, op, op is null ? "" : rest[op.Length..].Trim());
        if (fault is not null)
            return false;
        condition = new JsonCondition { Path = path, Op = op, Value = rest[op!.Length..].Trim() };
        return true;
    }

    private static string? FaultOf(string path, string? op, string value)
    {
        if (!path.StartsWith('$') || path.Length > MaxPath)
            return $"'{Validation.Shown(path)}' is not a path; it begins with $, such as $.nodes[0].state, and has at most {MaxPath} characters";
        if (op is null)
            return $"needs one of {string.Join(' ', Operators)} after the path";
        if (op == "exists" ? value.Length > 0 : value.Length == 0)
            return op == "exists" ? "'exists' takes no value" : $"needs a value after {op}";
        return Names.FaultOfText("", value, MaxValue)?[2..];
    }

    // A name in brackets may hold spaces.
    private static int EndOfPath(string text)
    {
        bool bracket = false;
        for (int i = 0; i < text.Length; i++)
        {
            bracket = text[i] switch { '[' => true, ']' => false, _ => bracket };
            if (!bracket && text[i] is ' ' or '=' or '!' or '<' or '>' && !bracket)
                return i;
        }

        return text.Length;
    }
}
