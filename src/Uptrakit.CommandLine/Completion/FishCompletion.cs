using System.Text;

namespace Uptrakit.CommandLine.Completion;

/// <summary>Completion for fish.</summary>
public static class FishCompletion
{
    public static string Write(IReadOnlyList<CompletionNode> nodes)
    {
        // The first node is the root; its path is the name of the executable.
        string program = nodes[0].Path, function = ShellNames.FunctionOf(program);
        StringBuilder script = new();
        script.Append($$"""
            # fish completion for {{program}}. Keep it with: {{program}} completion fish > ~/.config/fish/completions/{{program}}.fish
            function _{{function}}_at
                set -l at {{program}}
                for word in (commandline -opc)[2..-1]
                    switch "$at $word"
                        case
            """);
        script.AppendJoin("", nodes.Skip(1).Select(node => $" '{node.Path}'"));
        script.Append($$"""

                            set at "$at $word"
                    end
                end
                test "$at" = "$argv[1]"
            end
            complete -c {{program}} -f

            """);
        foreach (CompletionNode node in nodes)
            WriteNode(script, program, node);
        return script.ToString();
    }

    private static void WriteNode(StringBuilder script, string program, CompletionNode node)
    {
        string start = $"complete -c {program} -n '_{ShellNames.FunctionOf(program)}_at \"{node.Path}\"'";
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
