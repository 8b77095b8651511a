using System.CommandLine;

namespace Uptrakit.CommandLine.Completion;

/// <summary>`completion bash | zsh | fish`: prints a script that needs nothing but the shell.</summary>
public static class CompletionCommand
{
    /// <param name="terminal">Where the script goes.</param>
    /// <param name="whole">Builds the whole tree of commands, for this command only.</param>
    public static Verb Declare(Terminal terminal, Func<Verb> whole)
    {
        Argument<string> shell = Flags.Argument("bash|zsh|fish", "the shell",
            text => text is "bash" or "zsh" or "fish" ? null : $"'{text}' is not one of bash, zsh, fish");
        shell.CompletionSources.Add("bash", "zsh", "fish");
        string program = terminal.Program;
        Verb verb = new("completion", "Print a completion script for a shell",
            $"source <({program} completion bash)", $"{program} completion fish > ~/.config/fish/completions/{program}.fish");
        verb.Add(shell);
        return verb.Does((parsed, _) =>
        {
            terminal.Out.Write(Script(parsed.GetRequiredValue(shell), CompletionTree.Of(whole())));
            return Task.FromResult((int)ExitCode.Done);
        });
    }

    internal static string Script(string shell, IReadOnlyList<CompletionNode> nodes) => shell switch
    {
        "zsh" => ZshCompletion.Write(nodes),
        "fish" => FishCompletion.Write(nodes),
        _ => BashCompletion.Write(nodes),
    };
}
