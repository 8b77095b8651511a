using System.CommandLine;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu check add | list | show | edit | remove | ack | test | enable | disable`.</summary>
internal static class CheckCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        Verb add = new("add", "Watch something new", "qu check add http web https://example.org/health",
            "qu check add tcp db db.example.org:5432");
        add.Add(Add(environment, CheckType.Http, "url", "Probe a URL",
            "qu check add http web https://example.org/health",
            "qu check add http web https://example.org/ --expect 301 --alerts ops",
            "qu check add http api https://api.example.org/ --expect-json $.status==ok --slow 500ms --bearer file:/etc/quptime/secrets/api.token"));
        add.Add(Add(environment, CheckType.Tcp, "host:port", "Probe whether a connection opens, and what is said on it",
            "qu check add tcp db db.example.org:5432 --interval 10s --timeout 2s",
            "qu check add tcp mail mail.example.org:25 --expect 220"));
        add.Add(Add(environment, CheckType.Icmp, "host", "Ping a host",
            "qu check add icmp router 192.0.2.1 --count 5 --loss 40 --slow 80ms"));
        add.Add(Add(environment, CheckType.Tls, "host[:port]", "Probe when a certificate ends",
            "qu check add tls shop shop.example.org --warn-days 21 --fail-days 7",
            "qu check add tls mail mail.example.org:25 --starttls smtp --verify"));
        add.Add(Add(environment, CheckType.Dns, "host", "Ask for a record",
            "qu check add dns mx example.org --record mx --expect mail.example.org --resolvers 192.0.2.53"));
        add.Add(AddPush(environment));
        group.Add(add);
        group.Add(List(environment));
        group.Add(OnOne(environment, "show", "Show one check: its state, who sees what, how it is set, its last outages", (work, id, cancel) => work.ShowAsync(id, cancel)));
        group.Add(Edit(environment));
        group.Add(OnOne(environment, "remove", "Stop watching and forget", (work, id, cancel) => work.RemoveAsync(id, cancel)));
        group.Add(Acknowledge(environment));
        group.Add(Test(environment));
        group.Add(OnOne(environment, "enable", "Probe again", (work, id, cancel) => work.EnableAsync(id, true, cancel)));
        group.Add(OnOne(environment, "disable", "Stop probing", (work, id, cancel) => work.EnableAsync(id, false, cancel)));
    }

    private static Verb Add(CommandEnvironment environment, CheckType type, string targetName, string description, params string[] examples)
    {
        Argument<string> name = Flags.Argument("name", "what to call the check; unique");
        Argument<string> target = Flags.Argument(targetName, "what to probe", text => Validation.FaultOfTarget(type, text));
        CheckFlags flags = new(type);
        Verb verb = new(Kinds.Text(type), description, examples);
        verb.Add(name);
        verb.Add(target);
        flags.AddTo(verb);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddAsync(
            type,
            flags.Read(parsed) with { Name = parsed.GetRequiredValue(name), Target = parsed.GetRequiredValue(target) },
            cancel));
    }

    /// <summary>The key is made here and shown once; the cluster keeps its hash.</summary>
    private static Verb AddPush(CommandEnvironment environment)
    {
        Argument<string> name = Flags.Argument("name", "what to call the check; unique");
        CheckFlags flags = new(CheckType.Push);
        Verb verb = new(Kinds.Text(CheckType.Push), "Wait for beats: silence for longer than the interval is what fails",
            "qu check add push backup --interval 24h", "qu check add push cron --interval 5m --json");
        verb.Add(name);
        flags.AddTo(verb);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddPushAsync(
            flags.Read(parsed) with { Name = parsed.GetRequiredValue(name), Target = "" }, cancel));
    }

    private static Verb List(CommandEnvironment environment) =>
        new Verb("list", "Show the checks and how they are set", "qu check list", "qu check list --json")
            .Asks(environment, Work, (work, _, cancel) => work.ListAsync(cancel));

    private static Verb Edit(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check");
        Option<string?> name = Flags.Text("--name", "name", "a new name");
        Option<string?> target = Flags.Text("--target", "target", "a new URL, host or host:port");
        CheckFlags flags = new(type: null);
        Verb verb = new("edit", "Change a check; what is not named stays as it is",
            "qu check edit web --interval 10s --alerts ops,chat", "qu check edit web --alerts \"\"");
        verb.Add(id);
        verb.Add(name);
        verb.Add(target);
        flags.AddTo(verb);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.EditAsync(
            parsed.GetRequiredValue(id),
            flags.Read(parsed) with { Name = parsed.Given(name), Target = parsed.Given(target) },
            cancel));
    }

    private static Verb Acknowledge(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check that is down");
        Option<string?> by = Flags.Text("--by", "name", "who looks after it (default this user)");
        Option<string?> note = Flags.Text("--note", "text", "what the others should know");
        Option<TimeSpan?> until = Flags.Duration("--for", "reminders begin again after this time (default when it has recovered)", TimeSpan.FromDays(30));
        Option<bool> off = Flags.Switch("--off", "take it back");
        Verb verb = new("ack", "Say that somebody looks after a check that is down: no more reminders", "qu check ack web --note \"disk ordered\" --for 8h", "qu check ack web --off");
        verb.Add(id);
        foreach (Option option in (Option[])[by, note, until, off])
            verb.Add(option);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AcknowledgeAsync(parsed.GetRequiredValue(id), parsed.GetValue(off) ? null : new Acknowledgement
        {
            By = parsed.Given(by) ?? Environment.UserName,
            Note = parsed.Given(note) ?? "",
            UntilMs = parsed.Given(until) is { } time ? (environment.Clock.GetUtcNow() + time).ToUnixTimeMilliseconds() : 0,
        }, cancel));
    }

    private static Verb Test(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check");
        Option<string?> state = Flags.OneOf("--state", "what seems to have happened (default down)", [.. Rehearsal.Words]);
        Verb verb = new("test", "Send a made-up change of a check to every alert that would be told of it",
            "qu check test web", "qu check test web --state recovered", "qu check test web --state warn --json");
        verb.Add(id);
        verb.Add(state);
        return verb.Asks(environment, Work, (work, parsed, cancel) =>
            work.TestAsync(parsed.GetRequiredValue(id), parsed.Given(state) ?? Rehearsal.Words[0], cancel));
    }

    private static Verb OnOne(CommandEnvironment environment, string name, string description,
        Func<CheckWork, string, CancellationToken, Task<int>> run)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check");
        Verb verb = new(name, description, $"qu check {name} web");
        verb.Add(id);
        return verb.Asks(environment, Work, (work, parsed, cancel) => run(work, parsed.GetRequiredValue(id), cancel));
    }

    private static CheckWork Work(DaemonClient daemon, CommandEnvironment environment) => new(daemon, environment.Terminal, environment.Clock);
}
