using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>Options that several commands take. What is wrong with a value is told with the option's name.</summary>
internal static class Flags
{
    internal const string Json = "--json";

    internal static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description };

    internal static Option<bool> Switch(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    internal static Option<bool> Yes() => Switch("--yes", "do not ask", "-y");

    internal static Option<TimeSpan?> Duration(string name, string description, TimeSpan most) => new(name)
    {
        HelpName = "duration",
        Description = description,
        CustomParser = result => DurationArgument.Parse(result, most),
    };

    internal static Option<string?> OneOf(string name, string description, params string[] words)
    {
        Option<string?> option = Checked(name, string.Join('|', words), description, text =>
            words.Contains(text) ? null : $"'{text}' is not one of {string.Join(", ", words)}");
        option.CompletionSources.Add(words);
        return option;
    }

    internal static Option<string?> KeyType() => OneOf("--key-type", "key of this node (default p256)", "p256", "rsa3072");

    internal static Option<string?> Advertise() =>
        Checked("--advertise", "host:port", "where the other nodes reach this one", text => NodeFileValues.Advertise(text, out _));

    internal static Option<string?> Bind() => Checked("--bind", "address", "address to listen on (default 0.0.0.0)", text =>
        NodeFileValues.BindAddress(text, out _));

    /// <summary>The sentence of the state's own rule, without the field that it begins with.</summary>
    internal static string? FaultOfResolver(string text) => Validation.FaultOfResolver(text)?["resolvers: ".Length..];

    internal static Option<int?> Port() => Number("--port", "port to listen on (default 9901)", 1, 65535);

    internal static Option<int?> Number(string name, string description, int least, int most) => new(name)
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
    internal static Option<string[]> List(
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

    internal static Option<string?> Checked(
        string name, string valueName, string description, Func<string, string?> faultOf) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => Check(result, faultOf),
    };

    internal static Argument<string> Argument(string name, string description, Func<string, string?>? faultOf = null) => new(name)
    {
        Description = description,
        CustomParser = result => Check(result, faultOf ?? (text => text.Length == 0 ? "is empty" : null)),
    };

    /// <summary>What was given on the command line; null when nothing was.</summary>
    internal static T? Given<T>(this ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : default;

    internal static string NameOf(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : $"<{result.Argument.Name}>";

    private static string Check(ArgumentResult result, Func<string, string?> faultOf)
    {
        string text = result.Tokens[0].Value;
        if (faultOf(text) is string fault)
            result.AddError($"{NameOf(result)}: {fault}");
        return text;
    }
}
