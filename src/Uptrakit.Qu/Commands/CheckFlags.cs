using System.CommandLine;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>The options of `qu check add` and `qu check edit`: those that every check has, and those of the table of its type.</summary>
internal sealed class CheckFlags
{
    // Only against slips of the keyboard: the cluster has the real limits.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private readonly Option<TimeSpan?> interval =
        Flags.Duration("--interval", "time between two probes (default 30s)", Longest);

    private readonly Option<TimeSpan?> timeout =
        Flags.Duration("--timeout", "when a probe counts as failed (default 10s, or the interval if that is shorter)", Longest);

    private readonly Option<string[]> alerts =
        Flags.List("--alerts", "a,b", "alerts to send, beside the default ones; ids or names");

    private readonly Option<string[]> suppress =
        Flags.List("--suppress-alerts", "a,b", "default alerts not to send; ids or names");

    private readonly Option<string[]> parents =
        Flags.List("--parents", "a,b", "checks without which this one cannot be up; while one is down, this one says nothing");

    private readonly Option<string[]> resolvers =
        Flags.List("--resolvers", "r1,r2", "DNS servers for this check, in fail-over order", QuFlags.FaultOfResolver);

    private readonly (CheckField Field, Option<string[]> Option)[] fields;

    /// <param name="type">The type of the check; null for an option of any type.</param>
    internal CheckFlags(CheckType? type)
    {
        fields = [.. CheckFields.Table.Where(field => type is null || field.IsFor(type.Value)).Select(field => (field, OptionOf(field, type)))];
    }

    internal void AddTo(Verb verb)
    {
        foreach ((_, Option<string[]> option) in fields)
            verb.Add(option);
        verb.Add(interval);
        verb.Add(timeout);
        verb.Add(alerts);
        verb.Add(suppress);
        verb.Add(parents);
        verb.Add(resolvers);
    }

    internal CheckEdits Read(ParseResult parsed) => new(
        Interval: parsed.Given(interval),
        Timeout: parsed.Given(timeout),
        Alerts: parsed.Given(alerts),
        SuppressAlerts: parsed.Given(suppress),
        Parents: parsed.Given(parents),
        Resolvers: parsed.Given(resolvers))
    {
        Fields = [.. fields.Where(each => parsed.Given(each.Option) is not null).Select(each => (each.Field, parsed.Given(each.Option)!))],
    };

    private static Option<string[]> OptionOf(CheckField field, CheckType? type) => new(field.Flag)
    {
        HelpName = field.Shape == FieldShape.Flag ? "true|false" : field.ValueName,
        Description = type is null && field.Types.Length > 0 ? $"{string.Join(", ", field.Types.Select(Kinds.Text))}: {field.Help}" : field.Help,
        Arity = field.Shape switch
        {
            FieldShape.Flag => ArgumentArity.ZeroOrOne,
            FieldShape.List => ArgumentArity.OneOrMore,
            _ => ArgumentArity.ExactlyOne,
        },
        CustomParser = result =>
        {
            string[] values = [.. result.Tokens.Select(static token => token.Value)];
            if (field.Shape == FieldShape.Flag && values.Length == 0)
                values = ["true"];
            else if (field.Shape == FieldShape.List)
                values = [.. values.SelectMany(value => field.Splits ? value.Split(',', StringSplitOptions.TrimEntries) : [value]).Where(static value => value.Length > 0)];
            else if (values is [""])
                values = [];
            foreach (string value in values)
            {
                if ((field.FaultOf(value) ?? (type is { } known ? field.FaultFor(known, value) : null)) is { } fault)
                    result.AddError($"{field.Flag}: {fault}");
            }

            return values;
        },
    };
}
