using System.CommandLine;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu alert add | list | edit | remove | enable | disable | test | default`.</summary>
internal static class AlertCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        Verb add = new("add", "Send word to somebody new",
            "qu alert add webhook ops --url https://hooks.example.org/qu --default");
        add.Add(AddWebhook(environment));
        add.Add(AddDiscord(environment));
        foreach (AlertKind kind in AlertSchema.All.Where(static kind => kind.Type is not (AlertType.Webhook or AlertType.Discord)))
            add.Add(Add(environment, kind));
        group.Add(add);
        group.Add(new Verb("list", "Show the alerts; secrets are left out", "qu alert list", "qu alert list --json")
            .Asks(environment, Work, (work, _, cancel) => work.ListAsync(cancel)));
        group.Add(Edit(environment));
        group.Add(OnOne(environment, "remove", "Forget an alert", (work, id, cancel) => work.RemoveAsync(id, cancel)));
        group.Add(OnOne(environment, "enable", "Send again", (work, id, cancel) => work.EnableAsync(id, true, cancel)));
        group.Add(OnOne(environment, "disable", "Send nothing", (work, id, cancel) => work.EnableAsync(id, false, cancel)));
        group.Add(OnOne(environment, "test", "Send a test message now", (work, id, cancel) => work.TestAsync(id, cancel)));
        group.Add(Default(environment));
    }

    private static Verb AddWebhook(CommandEnvironment environment)
    {
        Argument<string> name = Name();
        Option<string?> url = Url("--url", "where to POST the JSON message");
        url.Required = true;
        Option<string?> secret = Flags.Text("--secret-file", "file",
            "file with the key that signs messages (HMAC-SHA256); '-' is standard input");
        Option<bool> isDefault = Default();
        Verb verb = new("webhook", "POST a JSON message to a URL",
            "qu alert add webhook ops --url https://hooks.example.org/qu --default",
            "qu alert add webhook ops --url https://hooks.example.org/qu --secret-file ops.key");
        verb.Add(name);
        verb.Add(url);
        verb.Add(secret);
        AlertFlags flags = new(kind: null);
        flags.AddTo(verb);
        verb.Add(isDefault);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddAsync(AlertType.Webhook, new AlertEdits
        {
            Name = parsed.GetRequiredValue(name),
            Url = parsed.Given(url),
            SecretFile = parsed.Given(secret),
            IsDefault = parsed.GetValue(isDefault),
            Values = flags.Read(parsed),
        }, cancel));
    }

    private static Verb AddDiscord(CommandEnvironment environment)
    {
        Argument<string> name = Name();
        Option<string?> url = Url("--webhook", "the webhook's URL; it is a secret");
        Option<string?> file = Flags.Text("--webhook-file", "file", "file that holds the webhook's URL; '-' is standard input");
        Option<bool> isDefault = Default();
        Verb verb = new("discord", "Write to a Discord channel",
            "qu alert add discord chat --webhook-file discord.url --default");
        verb.Add(name);
        verb.Add(url);
        verb.Add(file);
        AlertFlags flags = new(kind: null);
        flags.AddTo(verb);
        verb.Add(isDefault);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddAsync(AlertType.Discord, new AlertEdits
        {
            Name = parsed.GetRequiredValue(name),
            Url = parsed.Given(url),
            UrlFile = parsed.Given(file),
            IsDefault = parsed.GetValue(isDefault),
            Values = flags.Read(parsed),
        }, cancel));
    }

    private static Verb Add(CommandEnvironment environment, AlertKind kind)
    {
        Argument<string> name = Name();
        Option<bool> isDefault = Default();
        AlertFlags flags = new(kind);
        IEnumerable<string> needed = kind.Fields.Where(static field => field.Needed)
            .Select(static field => $"--{field.Name.Replace('_', '-')} {(field.Example.Contains(' ') ? $"\"{field.Example}\"" : field.Example)}");
        Verb verb = new(kind.Word, $"Send {kind.Help}", $"qu alert add {kind.Word} ops {string.Join(' ', needed)} --default");
        verb.Add(name);
        flags.AddTo(verb);
        verb.Add(isDefault);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddAsync(kind.Type, new AlertEdits
        {
            Name = parsed.GetRequiredValue(name),
            IsDefault = parsed.GetValue(isDefault),
            Values = flags.Read(parsed),
        }, cancel));
    }

    private static Verb Edit(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the alert");
        Option<string?> name = Flags.Text("--name", "name", "a new name");
        Option<string?> url = Url("--url", "webhook: a new URL");
        Option<string?> secret = Flags.Text("--secret-file", "file", "webhook: file with a new key; '-' is standard input");
        Option<string?> webhook = Url("--webhook", "discord: a new URL");
        Option<string?> file = Flags.Text("--webhook-file", "file", "discord: file that holds a new URL; '-' is standard input");
        Option<string?> isDefault = Flags.OneOf("--default", "send for every check that does not suppress it", "on", "off");
        Verb verb = new("edit", "Change an alert; what is not named stays as it is",
            "qu alert edit ops --url https://hooks.example.org/new");
        foreach (Option<string?> option in (Option<string?>[])[name, url, secret, webhook, file, isDefault])
            verb.Add(option);
        Option<string[]> set = new("--set") { HelpName = "field=value", Description = "a field of its type, as 'qu alert add <type> --help' names it; repeatable", Arity = ArgumentArity.OneOrMore };
        AlertFlags flags = new(kind: null);
        verb.Add(set);
        flags.AddTo(verb);
        verb.Add(id);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.EditAsync(parsed.GetRequiredValue(id), new AlertEdits
        {
            Name = parsed.Given(name),
            Url = parsed.Given(url) ?? parsed.Given(webhook),
            UrlFile = parsed.Given(file),
            SecretFile = parsed.Given(secret),
            IsDefault = parsed.Given(isDefault) is string word ? word == "on" : null,
            Set = parsed.Given(set) ?? [],
            Values = flags.Read(parsed),
        }, cancel));
    }

    private static Verb Default(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the alert");
        Argument<string> value = Flags.Argument("on|off", "whether every check sends it",
            text => text is "on" or "off" ? null : $"'{text}' is neither on nor off");
        value.CompletionSources.Add("on", "off");
        Verb verb = new("default", "Send an alert for every check that does not suppress it, or not", "qu alert default ops on");
        verb.Add(id);
        verb.Add(value);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.EditAsync(
            parsed.GetRequiredValue(id), new AlertEdits { IsDefault = parsed.GetRequiredValue(value) == "on" }, cancel));
    }

    private static Verb OnOne(CommandEnvironment environment, string name, string description,
        Func<AlertWork, string, CancellationToken, Task<int>> run)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the alert");
        Verb verb = new(name, description, $"qu alert {name} ops");
        verb.Add(id);
        return verb.Asks(environment, Work, (work, parsed, cancel) => run(work, parsed.GetRequiredValue(id), cancel));
    }

    private static Argument<string> Name() => Flags.Argument("name", "what to call the alert; unique");

    private static Option<string?> Url(string name, string description) =>
        Flags.Checked(name, "url", description, Validation.FaultOfUrl);

    private static Option<bool> Default() =>
        Flags.Switch("--default", "send for every check that does not suppress it");

    private static AlertWork Work(DaemonClient daemon, CommandEnvironment environment) => new(daemon, environment.Terminal);
}
