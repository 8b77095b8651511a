using System.CommandLine;
using System.CommandLine.Completions;

namespace Uptrakit.CommandLine.Completion;

/// <summary>A word that may come next.</summary>
public sealed record CompletionWord(string Text, string Description);

/// <summary>An option, and what may follow it: nothing, given words, a file, or anything.</summary>
public sealed record CompletionOption(
    IReadOnlyList<string> Names, string Description, bool TakesValue, bool IsFile, IReadOnlyList<string> Values);

/// <summary>One command and what may be typed after it.</summary>
public sealed record CompletionNode(
    string Path, IReadOnlyList<CompletionWord> Commands, IReadOnlyList<CompletionOption> Options, IReadOnlyList<string> Values);

/// <summary>The commands as the completion scripts need them: taken from the tree itself, so they cannot disagree.</summary>
public static class CompletionTree
{
    public static IReadOnlyList<CompletionNode> Of(Verb root)
    {
        List<CompletionNode> nodes = [];
        Walk(root, [], nodes);
        return nodes;
    }

    private static void Walk(Command command, IReadOnlyList<Option> inherited, List<CompletionNode> nodes)
    {
        List<Option> recursive = [.. inherited, .. command.Options.Where(option => option.Recursive)];
        IEnumerable<Option> all = command.Options.Concat(inherited).Distinct();
        nodes.Add(new CompletionNode(
            ((Verb)command).FullName,
            [.. command.Subcommands.Select(child => new CompletionWord(child.Name, child.Description ?? ""))],
            [.. all.Select(Of)],
            [.. command.Arguments.SelectMany(argument => WordsOf(argument))]));
        foreach (Command child in command.Subcommands)
            Walk(child, recursive, nodes);
    }

    private static CompletionOption Of(Option option) => new(
        [option.Name, .. option.Aliases],
        option.Description ?? "",
        TakesValue: option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0,
        IsFile: option.HelpName == "file",
        WordsOf(option));

    private static List<string> WordsOf(Symbol symbol) =>
        symbol is Option { ValueType: Type type } && type == typeof(bool)
            ? []
            : [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
}
