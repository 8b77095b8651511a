using System.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Completion for fish.</summary>
internal static class FishCompletion
{
    internal static string Write(IReadOnlyList<CompletionNode> nodes)
    {
        StringBuilder script = new();
        script.Append("""
            # fish completion for qu. Keep it with: qu completion fish > ~/.config/fish/completions/qu.fish
            function __qu_at
                set -l at qu
                for word in (commandline -opc)[2..-1]
                    switch "$at $word"
                        case
            """);
        script.AppendJoin("", nodes.Skip(1).Select(node => $" '{node.Path}'"));
        script.Append("""

                            set at "$at $word"
                    end
                end
                test "$at" = "$argv[1]"
            end
            complete -c qu -f

            """);
        foreach (CompletionNode node in nodes)
            WriteNode(script, node);
        return script.ToString();
    }

    private static void WriteNode(StringBuilder script, CompletionNode node)
    {
        string start = $"complete -c qu -n '__qu_at \"{node.Path}\"'";
        foreach (CompletionWord command in node.Commands)
            script.Append($"{start} -a {command.Text} -d {Quoted(command.Description)}\n");
        foreach (string value in node.Values)
            script.Append($"{start} -a {Quoted(value)}\n");
        foreach (CompletionOption option in node.Options)
        {
            string names = string.Join(' ', option.Names.Select(name =>
                name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : $"-s {name[1..]}"));
            string value = !option.TakesValue ? "" : option.IsFile ? " -r -F"
                : option.Values.Count > 0 ? $" -x -a {Quoted(string.Join(' ', option.Values))}" : " -x";
            script.Append($"{start} {names}{value} -d {Quoted(option.Description)}\n");
        }
    }

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
