using System.CommandLine;

namespace Uptrakit.CommandLine;

/// <summary>One run of an executable.</summary>
public static class CommandRun
{
    // What a daemon gets to finish its writes after a signal; systemd waits 90 s.
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromSeconds(30);

    /// <summary>Parses, reports every fault of usage, and runs. The answer is the exit code.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="terminal">Where it speaks.</param>
    /// <param name="prepare">Told the parsed command line before anything else, for options that shape the output.</param>
    /// <param name="cancel">Ends the command.</param>
    public static async Task<int> RunAsync(
        Verb root, string[] arguments, Terminal terminal, Action<ParseResult>? prepare = null, CancellationToken cancel = default)
    {
        if (arguments.Length == 0 && root.Action is null)
        {
            root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = terminal.Error, Error = terminal.Error });
            string example = root.Examples.Count > 0 ? $"for example: {root.Examples[^1]}" : $"see '{root.Name} --help'";
            return terminal.Fail(ExitCode.Usage, "no command given", hint: example);
        }

        // "@name" is a name here, never a file with more arguments.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        prepare?.Invoke(parsed);
        if (UsageFault.Report(parsed, terminal) is int fault)
            return fault;
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TerminationGrace,
            }, cancel);
        }
        catch (OperationCanceledException)
        {
            return terminal.Fail(ExitCode.Failed, "interrupted");
        }
    }
}
