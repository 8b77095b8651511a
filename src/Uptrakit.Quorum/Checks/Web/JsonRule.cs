using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>A value that a JSON text has at some path, as rules see it.</summary>
/// <param name="Text">Of a string its content, otherwise what is written there.</param>
/// <param name="IsPlain">False for objects and arrays: they are there, and nothing else can be said about them.</param>
internal readonly record struct JsonValue(string Text, double? Number, bool IsPlain);

/// <summary>One JSON condition of a check, ready to be asked.</summary>
internal sealed class JsonRule
{
    private const int ValueLimit = 1024;
    private const int ShownLength = 60;

    // Matching cannot explode: the engine without backtracking takes time in proportion to the text. This is the second guard.
    private static readonly TimeSpan s_matchLimit = TimeSpan.FromMilliseconds(100);

    private static readonly string[] s_operators = ["==", "!=", "<", "<=", ">", ">=", "contains", "matches", "exists"];

    private readonly string op;
    private readonly string value;
    private readonly double? number;
    private readonly Regex? pattern;

    private JsonRule(JsonCondition source, JsonStep[] steps, double? number, Regex? pattern)
    {
        (Path, op, value) = (source.Path, source.Op, source.Value);
        (Steps, this.number, this.pattern) = (steps, number, pattern);
    }

    internal string Path { get; }

    internal JsonStep[] Steps { get; }

    internal static bool TryParse(JsonCondition source, [NotNullWhen(true)] out JsonRule? rule, out string fault)
    {
        rule = null;
        if (!JsonPath.TryParse(source.Path, out JsonStep[]? steps, out fault))
            return false;
        if (!s_operators.Contains(source.Op))
            return Refuse($"the JSON condition '{PlainText.Clean(source.Op, 20)}' is not known: {string.Join(" ", s_operators)} are", out fault);
        if (source.Value.Length > ValueLimit)
            return Refuse($"the value of a JSON condition is longer than {ValueLimit} characters", out fault);
        double? number = NumberOf(source.Value);
        if (number is null && source.Op[0] is '<' or '>')
            return Refuse($"the JSON condition {source.Op} needs a number, not '{PlainText.Clean(source.Value, ShownLength)}'", out fault);
        Regex? pattern = null;
        if (source.Op == "matches" && !TryPattern(source.Value, out pattern, out fault))
            return false;

        rule = new JsonRule(source, steps, number, pattern);
        return true;
    }

    /// <summary>Null when the value is as it must be, otherwise what it is and what it should be.</summary>
    internal string? FaultOf(JsonValue found)
    {
        try
        {
            return Holds(found) ? null : $"{Path} is {Shown(found)}, expected {op} {PlainText.Clean(value, ShownLength)}";
        }
        catch (RegexMatchTimeoutException)
        {
            return $"{Path}: matching took longer than {s_matchLimit.TotalMilliseconds:0} ms";
        }
    }

    private bool Holds(JsonValue found) => op switch
    {
        "exists" => true,
        "==" => Same(found),
        "!=" => !Same(found),
        _ when !found.IsPlain => false,
        "contains" => found.Text.Contains(value, StringComparison.Ordinal),
        "matches" => pattern!.IsMatch(found.Text),
        "<" => found.Number < number,
        "<=" => found.Number <= number,
        ">" => found.Number > number,
        _ => found.Number >= number,
    };

    // 1.0 is 1; a text that looks like a number is one, since an operator cannot write the difference.
    private bool Same(JsonValue found) => found.IsPlain
        && (found.Text == value || (number is not null && found.Number == number));

    private static string Shown(JsonValue found) => found.IsPlain ? PlainText.Clean($"'{PlainText.Clean(found.Text, ShownLength)}'") : "not a single value";

    internal static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static bool TryPattern(string text, [NotNullWhen(true)] out Regex? pattern, out string fault)
    {
        fault = "";
        pattern = null;
        try
        {
            pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_matchLimit);
            return true;
        }
        catch (ArgumentException)
        {
            return Refuse($"the pattern '{PlainText.Clean(text, ShownLength)}' is not a regular expression", out fault);
        }
        catch (NotSupportedException)
        {
            return Refuse($"the pattern '{PlainText.Clean(text, ShownLength)}' is too large, or looks around or back, which could take for ever", out fault);
        }
    }

    private static bool Refuse(string why, out string fault)
    {
        fault = why;
        return false;
    }
}
