using System.CommandLine;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu check add | list | edit | remove | enable | disable`.</summary>
internal static class CheckCommands
{
    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        Verb add = new("add", "Watch something new", "qu check add http web https://example.org/health",
            "qu check add tcp db db.example.org:5432");
        add.Add(Add(environment, CheckType.Http, "url", "Probe a URL", Validation.FaultOfUrl,
            "qu check add http web https://example.org/health",
            "qu check add http web https://example.org/ --expect 301 --alerts ops"));
        add.Add(Add(environment, CheckType.Tcp, "host:port", "Probe whether a connection opens", Validation.FaultOfHostPort,
            "qu check add tcp db db.example.org:5432 --interval 10s --timeout 2s"));
        group.Add(add);
        group.Add(List(environment));
        group.Add(Edit(environment));
        group.Add(OnOne(environment, "remove", "Stop watching and forget", (work, id, cancel) => work.RemoveAsync(id, cancel)));
        group.Add(OnOne(environment, "enable", "Probe again", (work, id, cancel) => work.EnableAsync(id, true, cancel)));
        group.Add(OnOne(environment, "disable", "Stop probing", (work, id, cancel) => work.EnableAsync(id, false, cancel)));
    }

    private static Verb Add(CommandEnvironment environment, CheckType type, string targetName, string description,
        Func<string, string?> faultOf, params string[] examples)
    {
        Argument<string> name = Flags.Argument("name", "what to call the check; unique");
        Argument<string> target = Flags.Argument(targetName, "what to probe", faultOf);
        CheckFlags flags = new();
        Verb verb = new(StateWords.Of(type), description, examples);
        verb.Add(name);
        verb.Add(target);
        flags.AddTo(verb, http: type == CheckType.Http);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.AddAsync(
            type,
            flags.Read(parsed) with { Name = parsed.GetRequiredValue(name), Target = parsed.GetRequiredValue(target) },
            cancel));
    }

    private static Verb List(CommandEnvironment environment) =>
        new Verb("list", "Show the checks and how they are set", "qu check list", "qu check list --json")
            .Asks(environment, Work, (work, _, cancel) => work.ListAsync(cancel));

    private static Verb Edit(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check");
        Option<string?> name = Flags.Text("--name", "name", "a new name");
        Option<string?> target = Flags.Text("--target", "target", "a new URL or host:port");
        CheckFlags flags = new();
        Verb verb = new("edit", "Change a check; what is not named stays as it is",
            "qu check edit web --interval 10s --alerts ops,chat", "qu check edit web --alerts \"\"");
        verb.Add(id);
        verb.Add(name);
        verb.Add(target);
        flags.AddTo(verb, http: true);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.EditAsync(
            parsed.GetRequiredValue(id),
            flags.Read(parsed) with { Name = parsed.Given(name), Target = parsed.Given(target) },
            cancel));
    }

    private static Verb OnOne(CommandEnvironment environment, string name, string description,
        Func<CheckWork, string, CancellationToken, Task<int>> run)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the check");
        Verb verb = new(name, description, $"qu check {name} web");
        verb.Add(id);
        return verb.Asks(environment, Work, (work, parsed, cancel) => run(work, parsed.GetRequiredValue(id), cancel));
    }

    private static CheckWork Work(DaemonClient daemon, CommandEnvironment environment) => new(daemon, environment.Terminal);
}
