using System.CommandLine;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>The options of `qu alert add` and `qu alert edit`: those that every alert has, and those of the table of its type.</summary>
/// <remarks>A secret is given as `file:` or `env:`, or read now from a file by the option with -file at its end: an argument shows in the process list.</remarks>
internal sealed class AlertFlags
{
    private readonly (AlertField Field, Option<string[]> Option, Option<string?>? File)[] fields;
    private readonly Option<string?> subject = Flags.Text("--subject", "template", "template of the subject");
    private readonly Option<string?> body = Flags.Text("--body", "template", "template of the text");
    private readonly Option<string?> subjectFile = Flags.Text("--subject-file", "file", "file with the template of the subject");
    private readonly Option<string?> bodyFile = Flags.Text("--body-file", "file", "file with the template of the text");
    private readonly Option<string[]> on = Flags.List("--on", "states",
        $"states that are told, of {string.Join(", ", Kinds.ToldStates.Select(Kinds.Text))} (default down,warn); what ends them is told too",
        static word => Kinds.TryParse(word, out CheckState _) ? null : $"'{word}' is not one of {string.Join(", ", Kinds.ToldStates.Select(Kinds.Text))}");

    private readonly Option<TimeSpan?> after = Flags.Duration("--after",
        "wait: tell only of a check that has been down for so long and is not acknowledged, and then of its end (default 0s, at once)", AlertSchema.LongestWait);

    private readonly Option<int?> mostPerHour = Flags.Number("--most-per-hour", "messages; what is over it is summed up in one (default no limit)", 0, 3600);
    private readonly Option<string?> watchesCluster = Flags.OneOf("--watches-cluster", "also tell of members that are lost and of quorum", "on", "off");

    /// <param name="kind">The type; null for the options that all have.</param>
    internal AlertFlags(AlertKind? kind)
    {
        fields = [.. (kind?.Fields ?? []).Select(field => (field, OptionOf(field), field.IsSecret ? FileOf(field) : null))];
    }

    internal void AddTo(Verb verb)
    {
        foreach ((_, Option<string[]> option, Option<string?>? file) in fields)
        {
            verb.Add(option);
            if (file is not null)
                verb.Add(file);
        }

        foreach (Option option in (Option[])[subject, subjectFile, body, bodyFile, on, after, mostPerHour, watchesCluster])
            verb.Add(option);
    }

    internal AlertValues Read(ParseResult parsed) => new()
    {
        Fields = [.. fields.Where(each => parsed.Given(each.Option) is not null).Select(each => (each.Field, parsed.Given(each.Option)!))],
        Files = [.. fields.Where(each => each.File is not null && parsed.Given(each.File) is not null).Select(each => (each.Field, parsed.Given(each.File!)!))],
        Subject = parsed.Given(subject),
        SubjectFile = parsed.Given(subjectFile),
        Body = parsed.Given(body),
        BodyFile = parsed.Given(bodyFile),
        On = parsed.Given(on),
        After = parsed.Given(after),
        MostPerHour = parsed.Given(mostPerHour),
        WatchesCluster = parsed.Given(watchesCluster) is { } word ? word == "on" : null,
    };

    private static string Flag(AlertField field) => "--" + field.Name.Replace('_', '-');

    private static Option<string?> FileOf(AlertField field) =>
        Flags.Text($"{Flag(field)}-file", "file", $"file that holds it, read now; '-' is standard input");

    private static Option<string[]> OptionOf(AlertField field) => new(Flag(field))
    {
        HelpName = field.IsSecret ? "file:path|env:name" : field.Name,
        Description = field.Help + (field.Default.Length > 0 ? $" (default {field.Default})" : ""),
        Arity = field.IsList ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string[] values = [.. result.Tokens.SelectMany(token => field.IsList ? token.Value.Split(',', StringSplitOptions.TrimEntries) : [token.Value])];
            foreach (string value in values.Where(static value => value.Length > 0))
            {
                bool reference = field.IsSecret && Secrets.IsReference(value);
                if ((reference ? Secrets.FaultOf(value) : field.Check(value)) is { } fault)
                    result.AddError($"{Flag(field)}: {fault}");
            }

            return values;
        },
    };
}

/// <summary>What was given of an alert. Not a record: it may hold secrets.</summary>
internal sealed class AlertValues
{
    internal (AlertField Field, string[] Values)[] Fields { get; init; } = [];

    internal (AlertField Field, string File)[] Files { get; init; } = [];

    internal string? Subject { get; init; }

    internal string? SubjectFile { get; init; }

    internal string? Body { get; init; }

    internal string? BodyFile { get; init; }

    internal string[]? On { get; init; }

    internal TimeSpan? After { get; init; }

    internal int? MostPerHour { get; init; }

    internal bool? WatchesCluster { get; init; }

    internal bool AreNone => Fields.Length + Files.Length == 0 && Subject is null && SubjectFile is null && Body is null && BodyFile is null && On is null
        && After is null && MostPerHour is null && WatchesCluster is null;

    /// <summary>Writes them into the alert; what is wrong with them, or null.</summary>
    internal async Task<string?> ApplyToAsync(Alert alert, Terminal terminal, CancellationToken cancel)
    {
        foreach ((AlertField field, string[] values) in Fields)
            field.Set(alert, values);
        foreach ((AlertField field, string file) in Files)
        {
            SecretText secret = await SecretText.ReadAsync(file, terminal, cancel);
            if ((secret.Fault ?? field.Check(secret.Value!)) is { } fault)
                return $"--{field.Name.Replace('_', '-')}-file: {fault}";
            field.Set(alert, secret.Value!);
        }

        if (await TemplateAsync("subject", Subject, SubjectFile, terminal, cancel) is { } subject)
        {
            if (subject.Fault is not null)
                return subject.Fault;
            alert.Subject = subject.Text;
        }

        if (await TemplateAsync("body", Body, BodyFile, terminal, cancel) is { } body)
        {
            if (body.Fault is not null)
                return body.Fault;
            alert.Body = body.Text;
        }

        if (On is not null)
        {
            alert.On.Clear();
            foreach (string word in On)
            {
                if (Kinds.TryParse(word, out CheckState state))
                    alert.On.Add(state);
            }
        }

        alert.AfterMs = After is { } wait ? (long)wait.TotalMilliseconds : alert.AfterMs;
        alert.MostPerHour = MostPerHour ?? alert.MostPerHour;
        alert.WatchesCluster = WatchesCluster ?? alert.WatchesCluster;
        return null;
    }

    private static async Task<(string Text, string? Fault)?> TemplateAsync(string name, string? text, string? file, Terminal terminal, CancellationToken cancel)
    {
        if (text is not null && file is not null)
            return ("", $"--{name} and --{name}-file are both given: pass one of them");
        if (file is not null)
        {
            SecretText read = await SecretText.ReadAsync(file, terminal, cancel);
            if (read.Fault is not null)
                return ("", $"--{name}-file: {read.Fault}");
            text = read.Value;
        }

        return text is null ? null : TemplateCheck.FaultOf(name, text) is { } fault ? ("", $"--{fault}") : (text, null);
    }
}
