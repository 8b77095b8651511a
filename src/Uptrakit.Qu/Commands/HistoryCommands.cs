using System.CommandLine;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu history` and `qu uptime`.</summary>
internal static class HistoryCommands
{
    // What a node keeps.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    internal static Verb History(CommandEnvironment environment)
    {
        Argument<string> check = Flags.Argument("id-or-name", "of the check");
        Option<TimeSpan?> since = Since(TimeSpan.FromDays(1));
        Option<string[]> nodes = Nodes();
        Verb verb = new("history", "Show what was: outages and uptime by the cluster's vote, and what each member's probes came to",
            "qu history web", "qu history web --since 7d --node 0b54", "qu history web --since 90d --json | jq '.nodes[].results'");
        verb.Add(check);
        verb.Add(since);
        verb.Add(nodes);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.HistoryAsync(
            parsed.GetRequiredValue(check), parsed.Given(since) ?? TimeSpan.FromDays(1), parsed.Given(nodes) ?? [], cancel));
    }

    internal static Verb Uptime(CommandEnvironment environment)
    {
        Argument<string[]> checks = new("id-or-name") { Description = "of the checks; none: all", Arity = ArgumentArity.ZeroOrMore };
        Option<TimeSpan?> since = Since(TimeSpan.FromDays(30));
        Option<string[]> nodes = Nodes();
        Verb verb = new("uptime", "Show how long checks were up, for the cluster and as each member saw it",
            "qu uptime", "qu uptime web db --since 7d", "qu uptime --since 90d --json");
        verb.Add(checks);
        verb.Add(since);
        verb.Add(nodes);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.UptimeAsync(
            parsed.GetValue(checks) ?? [], parsed.Given(since) ?? TimeSpan.FromDays(30), parsed.Given(nodes) ?? [], cancel));
    }

    private static Option<TimeSpan?> Since(TimeSpan usual) =>
        Flags.Duration("--since", $"how far to look back, at most 366d (default {Durations.Format(usual)})", Longest);

    private static Option<string[]> Nodes() =>
        Flags.List("--node", "node", "only these members: a NodeID, how it begins, or an advertised address");

    private static HistoryWork Work(DaemonClient daemon, CommandEnvironment environment) => new(daemon, environment.Terminal);
}
