using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>One run of `qu`.</summary>
internal static class CommandLine
{
    // What a daemon gets to finish its writes and hand over leadership after a signal; systemd waits 90 s.
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromSeconds(30);

    internal static async Task<int> RunAsync(
        string[] arguments, CommandEnvironment environment, CancellationToken cancel = default)
    {
        Terminal terminal = environment.Terminal;
        Verb root = CommandTree.Build(environment, arguments);
        if (arguments.Length == 0)
        {
            root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = terminal.Error, Error = terminal.Error });
            return terminal.Fail(ExitCode.Usage, "no command given", hint: "for example: qu status");
        }

        // "@name" is a name here, never a file with more arguments.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        terminal.Json = parsed.GetValue<bool>(Flags.Json);
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
