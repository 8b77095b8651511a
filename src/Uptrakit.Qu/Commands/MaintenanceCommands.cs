using System.CommandLine;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu maintenance add | list | remove`.</summary>
internal static class MaintenanceCommands
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        group.Add(Add(environment));
        group.Add(new Verb("list", "Show the windows and which are open", "qu maintenance list", "qu maintenance list --json")
            .Does((_, cancel) => environment.AskAsync(daemon => ListAsync(daemon, environment, cancel))));
        Argument<string> id = Flags.Argument("id-or-name", "of the window");
        Verb remove = new("remove", "Forget a window; one that is open ends", "qu maintenance remove upgrade");
        remove.Add(id);
        group.Add(remove.Does((parsed, cancel) => environment.AskAsync(daemon => daemon.ApplyAsync(
            environment.Terminal, new Change { RemoveWindow = new RemoveById { Id = parsed.GetRequiredValue(id) } },
            $"removed window {parsed.GetRequiredValue(id)}", cancel))));
    }

    private static Verb Add(CommandEnvironment environment)
    {
        Argument<string> name = Flags.Argument("name", "what to call the window; the status page shows it");
        Option<TimeSpan?> lasts = Flags.Duration("--for", "how long it lasts", Longest);
        Option<string?> from = Flags.Checked("--from", "time", "when it begins (default now), as 2026-12-01T22:00Z or with an offset", FaultOfTime);
        Option<string?> cron = Flags.Text("--cron", "expression", "begins whenever this fires: minute hour day month weekday");
        Option<string?> zone = Flags.Checked("--zone", "zone", "time zone of the expression, such as Europe/Berlin (default UTC)",
            static text => MaintenanceWindows.ZoneOf(text) is null ? $"'{text}' is not a time zone of this machine" : null);
        Option<string[]> checks = Flags.List("--checks", "a,b", "checks it is for; ids or names");
        Option<string[]> tags = Flags.List("--tags", "x,y", "checks with one of these tags");
        Option<bool> all = Flags.Switch("--all", "it is for all checks");
        Verb verb = new("add", "Plan a time in which nothing is told",
            "qu maintenance add upgrade --for 2h --checks web,db",
            "qu maintenance add nightly --cron \"30 2 * * *\" --zone Europe/Berlin --for 45m --tags backup",
            "qu maintenance add move --from 2026-12-01T22:00Z --for 6h --all");
        verb.Add(name);
        foreach (Option option in (Option[])[lasts, from, cron, zone, checks, tags, all])
            verb.Add(option);
        return verb.Does((parsed, cancel) => environment.AskAsync(async daemon =>
        {
            Terminal terminal = environment.Terminal;
            if (parsed.Given(lasts) is not { } time)
                return terminal.Fail(ExitCode.Usage, "--for is missing", hint: "say how long it lasts, such as --for 2h");
            ReadReply state = await daemon.ReadAsync(new ReadRequest { Fresh = true, Checks = true }, cancel);
            MaintenanceWindow window = new() { Name = parsed.GetRequiredValue(name), All = parsed.GetValue(all), Zone = parsed.Given(zone) ?? "" };
            window.Tags.AddRange(parsed.Given(tags) ?? []);
            foreach (string wanted in parsed.Given(checks) ?? [])
            {
                if (state.Checks.FirstOrDefault(check => check.Id == wanted || check.Name == wanted) is not { } check)
                    return terminal.Fail(ExitCode.Failed, $"no check '{wanted}'", hint: "'qu check list' shows them");
                window.CheckIds.Add(check.Id);
            }

            if (parsed.Given(cron) is { } expression)
                (window.Cron, window.LastsMs) = (expression, (long)time.TotalMilliseconds);
            if (parsed.Given(cron) is null || parsed.Given(from) is not null)
            {
                window.FromMs = Moments.TryParse(parsed.Given(from) ?? "", out long given) ? given : environment.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                window.ToMs = window.FromMs + (long)time.TotalMilliseconds;
            }

            if (MaintenanceWindows.FaultOf(window) is { } fault)
                return terminal.Fail(ExitCode.Usage, fault);
            return await daemon.ApplyAsync(terminal, new Change { PutWindow = new PutWindow { Window = window } }, $"added window {window.Name}", cancel, isNew: true);
        }));
    }

    private static async Task<int> ListAsync(DaemonClient daemon, CommandEnvironment environment, CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Windows = true, Checks = true }, cancel);
        DateTimeOffset now = environment.Clock.GetUtcNow();
        Dictionary<string, string> names = state.Checks.ToDictionary(static check => check.Id, static check => check.Name);
        if (terminal.Json)
        {
            terminal.WriteArray(state.Windows, (json, window) =>
            {
                json.WriteString("id", window.Id);
                json.WriteString("name", window.Name);
                json.WriteBoolean("all", window.All);
                json.WriteStrings("checks", window.CheckIds.Select(id => names.GetValueOrDefault(id, id)));
                json.WriteStrings("tags", window.Tags);
                json.WriteString("cron", window.Cron);
                json.WriteString("zone", window.Zone);
                json.WriteTime("open_until", MaintenanceWindows.OpenUntil(window, now)?.ToUnixTimeMilliseconds() ?? 0);
                json.WriteTime("opens", MaintenanceWindows.OpensNext(window, now)?.ToUnixTimeMilliseconds() ?? 0);
            });
            return (int)ExitCode.Done;
        }

        if (state.Windows.Count == 0)
        {
            terminal.Say("no windows; add one: qu maintenance add upgrade --for 2h --all");
            return (int)ExitCode.Done;
        }

        TablePrinter table = new("ID", "NAME", "FOR", "WHEN", "LASTS", "NOW");
        foreach (MaintenanceWindow window in state.Windows)
        {
            string scope = window.All ? "all" : string.Join(",", window.CheckIds.Select(id => names.GetValueOrDefault(id, id)).Concat(window.Tags.Select(static tag => $"#{tag}")));
            string when = window.Cron.Length > 0 ? $"{window.Cron} {(window.Zone.Length > 0 ? window.Zone : "UTC")}" : Times.Iso(window.FromMs) ?? "";
            long length = window.Cron.Length > 0 ? window.LastsMs : window.ToMs - window.FromMs;
            string present = MaintenanceWindows.OpenUntil(window, now) is { } until ? $"open, ends {Times.Until(environment.Clock, until.ToUnixTimeMilliseconds())}"
                : MaintenanceWindows.OpensNext(window, now) is { } next ? $"opens {Times.Until(environment.Clock, next.ToUnixTimeMilliseconds())}" : "over";
            table.Add(window.Id, window.Name, scope, when, Durations.Format(length), present);
        }

        table.Print(terminal);
        return (int)ExitCode.Done;
    }

    private static string? FaultOfTime(string text) => !Moments.TryParse(text, out _) ? $"'{text}' is not a time; write 2026-12-01T22:00Z or 2026-12-01T22:00+01:00" : null;
}
