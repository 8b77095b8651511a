using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Uptrakit.CommandLine;

/// <summary>Options that several commands take. What is wrong with a value is told with the option's name.</summary>
public static class Flags
{
    public static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description };

    public static Option<bool> Switch(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    public static Option<bool> Yes() => Switch("--yes", "do not ask", "-y");

    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan most) => new(name)
    {
        HelpName = "duration",
        Description = description,
        CustomParser = result => DurationArgument.Parse(result, most),
    };

    public static Option<string?> OneOf(string name, string description, params string[] words)
    {
        Option<string?> option = Checked(name, string.Join('|', words), description, text =>
            words.Contains(text) ? null : $"'{text}' is not one of {string.Join(", ", words)}");
        option.CompletionSources.Add(words);
        return option;
    }

    public static Option<int?> Number(string name, string description, int least, int most) => new(name)
    {
        HelpName = "number",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number >= least && number <= most)
            {
                return number;
            }
            result.AddError($"{NameOf(result)}: '{text}' is not a number from {least} to {most}");
            return null;
        },
    };

    /// <summary>Values with commas between them; the option may also be repeated. "" is the empty list.</summary>
    public static Option<string[]> List(
        string name, string valueName, string description, Func<string, string?>? faultOf = null) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result =>
        {
            string[] values = [.. result.Tokens.SelectMany(token =>
                token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];
            if (values.Select(value => faultOf?.Invoke(value)).FirstOrDefault(fault => fault is not null) is string fault)
                result.AddError($"{NameOf(result)}: {fault}");
            return values;
        },
    };

    public static Option<string?> Checked(
        string name, string valueName, string description, Func<string, string?> faultOf) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => Check(result, faultOf),
    };

    public static Argument<string> Argument(string name, string description, Func<string, string?>? faultOf = null) => new(name)
    {
        Description = description,
        CustomParser = result => Check(result, faultOf ?? (text => text.Length == 0 ? "is empty" : null)),
    };

    /// <summary>What was given on the command line; null when nothing was.</summary>
    public static T? Given<T>(this ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : default;

    public static string NameOf(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : $"<{result.Argument.Name}>";

    private static string Check(ArgumentResult result, Func<string, string?> faultOf)
    {
        string text = result.Tokens[0].Value;
        if (faultOf(text) is string fault)
            result.AddError($"{NameOf(result)}: {fault}");
        return text;
    }
}
