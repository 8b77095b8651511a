namespace Uptrakit.Qu.Commands;

/// <summary>One run of `qu`.</summary>
internal static class QuCommandLine
{
    internal static Task<int> RunAsync(
        string[] arguments, CommandEnvironment environment, CancellationToken cancel = default)
    {
        Terminal terminal = environment.Terminal;
        return CommandRun.RunAsync(CommandTree.Build(environment, arguments), arguments, terminal,
            parsed => terminal.Json = parsed.GetValue<bool>(CommandTree.Json), cancel);
    }
}
