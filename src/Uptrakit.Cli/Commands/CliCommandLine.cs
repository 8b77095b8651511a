namespace Uptrakit.Cli.Commands;

/// <summary>One run of `uptrakit`.</summary>
internal static class CliCommandLine
{
    internal static Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancel = default) =>
        // The parser takes it for --tofu alone, and a variable that is not set in somebody's script must not turn into a question.
        arguments.Contains("--tofu=")
            ? Task.FromResult(environment.Terminal.Fail(ExitCode.Usage, "--tofu= is followed by nothing",
                hint: "write --tofu=<fingerprint>, or --tofu to be asked for it"))
            : CommandRun.RunAsync(CliTree.Build(environment, arguments), arguments, environment.Terminal,
                parsed => environment.Printer.Format = GlobalFlags.FormatOf(parsed), cancel);
}
