using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>One run of `qu`.</summary>
internal static class QuCommandLine
{
    internal static Task<int> RunAsync(
        string[] arguments, CommandEnvironment environment, CancellationToken cancel = default)
    {
        Terminal terminal = environment.Terminal;
        Verb root = CommandTree.Build(environment, arguments);
        // Not by its name: 'qu check add http' has a --json of its own, which takes conditions.
        Option<bool> json = root.Options.OfType<Option<bool>>().First(static option => option.Name == CommandTree.Json);
        return CommandRun.RunAsync(root, arguments, terminal, parsed => terminal.Json = parsed.GetValue(json), cancel);
    }
}
