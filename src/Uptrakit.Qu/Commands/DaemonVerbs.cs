using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>Commands that do their work against the daemon.</summary>
internal static class DaemonVerbs
{
    /// <summary>Runs the work against the daemon; one that does not answer becomes words and an exit code.</summary>
    internal static Verb Asks<TWork>(
        this Verb verb,
        CommandEnvironment environment,
        Func<DaemonClient, CommandEnvironment, TWork> work,
        Func<TWork, ParseResult, CancellationToken, Task<int>> run) =>
        verb.Does((parsed, cancel) => environment.AskAsync(daemon => run(work(daemon, environment), parsed, cancel)));
}
