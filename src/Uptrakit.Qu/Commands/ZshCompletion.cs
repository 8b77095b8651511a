using System.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>Completion for zsh.</summary>
internal static class ZshCompletion
{
    internal static string Write(IReadOnlyList<CompletionNode> nodes)
    {
        StringBuilder script = new();
        script.Append("""
            #compdef qu
            # zsh completion for qu. Load it with: source <(qu completion zsh)
            _qu() {
              local at="qu" word
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
        script.Append("""
              esac
              _describe 'qu' offers
            }
            if [ "$funcstack[1]" = "_qu" ]; then _qu "$@"; else compdef _qu qu; fi

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
