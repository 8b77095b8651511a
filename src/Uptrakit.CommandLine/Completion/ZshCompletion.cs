using System.Text;

namespace Uptrakit.CommandLine.Completion;

/// <summary>Completion for zsh.</summary>
public static class ZshCompletion
{
    public static string Write(IReadOnlyList<CompletionNode> nodes)
    {
        // The first node is the root; its path is the name of the executable.
        string program = nodes[0].Path, function = ShellNames.FunctionOf(program);
        StringBuilder script = new();
        script.Append($$"""
            #compdef {{program}}
            # zsh completion for {{program}}. Load it with: source <({{program}} completion zsh)
            {{function}}() {
              local at="{{program}}" word
              local -a offers
              for word in "${(@)words[2,CURRENT-1]}"; do
                case "$at $word" in

            """);
        foreach (CompletionNode node in nodes.Skip(1))
            script.Append($"      '{node.Path}') at='{node.Path}' ;;\n");
        script.Append("    esac\n  done\n  case \"$at ${words[CURRENT-1]}\" in\n");
        foreach (CompletionNode node in nodes)
        {
            foreach (CompletionOption option in node.Options.Where(option => option.TakesValue))
                script.Append($"    {Patterns(node, option)}) {Values(option)}; return ;;\n");
        }
        script.Append("  esac\n  case \"$at\" in\n");
        foreach (CompletionNode node in nodes)
            script.Append($"    '{node.Path}') offers=({Offers(node)}) ;;\n");
        script.Append($$"""
              esac
              _describe '{{program}}' offers
            }
            if [ "$funcstack[1]" = "{{function}}" ]; then {{function}} "$@"; else compdef {{function}} {{program}}; fi

            """);
        return script.ToString();
    }

    private static string Patterns(CompletionNode node, CompletionOption option) =>
        string.Join("|", option.Names.Select(name => $"'{node.Path} {name}'"));

    private static string Values(CompletionOption option) =>
        option.IsFile ? "_files" : option.Values.Count > 0 ? $"compadd -- {string.Join(' ', option.Values)}" : ":";

    private static string Offers(CompletionNode node) => string.Join(' ', node.Commands
        .Select(command => Offer(command.Text, command.Description))
        .Concat(node.Values.Select(value => Offer(value, "")))
        .Concat(node.Options.SelectMany(option => option.Names.Select(name => Offer(name, option.Description)))));

    // In _describe a colon parts the word from its description.
    private static string Offer(string text, string description)
    {
        string word = text.Replace(":", "\\:", StringComparison.Ordinal);
        string offer = description.Length > 0 ? $"{word}:{description}" : word;
        return $"'{offer.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
