using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu completion bash | zsh | fish`: prints a script that needs nothing but the shell.</summary>
internal static class CompletionCommand
{
    internal static Verb Declare(CommandEnvironment environment)
    {
        Argument<string> shell = Flags.Argument("bash|zsh|fish", "the shell",
            text => text is "bash" or "zsh" or "fish" ? null : $"'{text}' is not one of bash, zsh, fish");
        shell.CompletionSources.Add("bash", "zsh", "fish");
        Verb verb = new("completion", "Print a completion script for a shell",
            "source <(qu completion bash)", "qu completion fish > ~/.config/fish/completions/qu.fish");
        verb.Add(shell);
        return verb.Does((parsed, _) =>
        {
            IReadOnlyList<CompletionNode> nodes = CompletionTree.Of(CommandTree.Build(environment));
            environment.Terminal.Out.Write(Script(parsed.GetRequiredValue(shell), nodes));
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
