namespace Uptrakit.Cli.Commands;

/// <summary>One run of `uptrakit`.</summary>
internal static class CliCommandLine
{
    internal static Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancel = default) =>
        CommandRun.RunAsync(CliTree.Build(environment, arguments), arguments, environment.Terminal,
            parsed => environment.Printer.Format = GlobalFlags.FormatOf(parsed), cancel);
}
