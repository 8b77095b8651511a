using System.Text;

namespace Uptrakit.CommandLine.Completion;

/// <summary>Completion for bash, without the bash-completion package.</summary>
public static class BashCompletion
{
    public static string Write(IReadOnlyList<CompletionNode> nodes)
    {
        // The first node is the root; its path is the name of the executable.
        string program = nodes[0].Path, function = ShellNames.FunctionOf(program);
        StringBuilder script = new();
        script.Append($$"""
            # bash completion for {{program}}. Load it with: source <({{program}} completion bash)
            {{function}}() {
                local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="{{program}}" words="" i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$path ${COMP_WORDS[i]}" in

            """);
        foreach (CompletionNode node in nodes.Skip(1))
            script.Append($"            \"{node.Path}\") path=\"{node.Path}\" ;;\n");
        script.Append("        esac\n    done\n    case \"$path $prev\" in\n");
        foreach (CompletionNode node in nodes)
        {
            foreach (CompletionOption option in node.Options.Where(option => option.TakesValue))
                script.Append($"        {Patterns(node, option)}) {Values(option)}; return ;;\n");
        }
        script.Append("    esac\n    case \"$path\" in\n");
        foreach (CompletionNode node in nodes)
            script.Append($"        \"{node.Path}\") words=\"{Words(node)}\" ;;\n");
        script.Append($$"""
                esac
                COMPREPLY=($(compgen -W "$words" -- "$cur"))
            }
            complete -F {{function}} {{program}}

            """);
        return script.ToString();
    }

    private static string Patterns(CompletionNode node, CompletionOption option) =>
        string.Join(" | ", option.Names.Select(name => $"\"{node.Path} {name}\""));

    private static string Values(CompletionOption option) =>
        option.IsFile ? "COMPREPLY=($(compgen -f -- \"$cur\"))"
        : option.Values.Count > 0 ? $"COMPREPLY=($(compgen -W \"{string.Join(' ', option.Values)}\" -- \"$cur\"))"
        : ":";

    private static string Words(CompletionNode node) => string.Join(' ', node.Commands
        .Select(command => command.Text)
        .Concat(node.Values)
        .Concat(node.Options.SelectMany(option => option.Names)));
}
