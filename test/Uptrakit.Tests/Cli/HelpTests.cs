using System.CommandLine;
using Uptrakit.Cli.Commands;
using Uptrakit.CommandLine.Completion;

namespace Uptrakit.Tests.Cli;

public sealed class HelpTests : IDisposable
{
    private readonly CliUser dana = new();

    public static TheoryData<string> AllCommands => [.. Walk(Tree()).Select(verb => verb.FullName)];

    public void Dispose() => dana.Dispose();

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Help_EveryCommand_ShowsAnExampleOfItself(string path)
    {
        CliRun run = await dana.RunAsync([.. path.Split(' ')[1..], "--help"]);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Empty(run.Error);
        Assert.Contains(path, run.Out[run.Out.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public void Help_EveryExample_CanBeParsed(string path)
    {
        Verb verb = Walk(Tree()).Single(one => one.FullName == path);
        foreach (string example in verb.Examples)
        {
            string line = example.Split(" | ")[^1].Split(" > ")[0];
            if (!line.StartsWith("uptrakit ", StringComparison.Ordinal))
                continue;
            ParseResult parsed = Tree().Parse(line.Split(' ')[1..], new ParserConfiguration { ResponseFileTokenReplacer = null });
            Assert.Empty(parsed.Errors.Select(fault => $"{example}: {fault.Message}"));
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_OfAShell_KnowsEveryCommand(string shell)
    {
        CliRun run = await dana.RunAsync("completion", shell);

        Assert.Equal(ExitCode.Done, run.Exit);
        foreach (CompletionNode node in CompletionTree.Of(Tree()))
            Assert.Contains(node.Path, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Tree_BuiltForSomeWords_HasTheCommandsOfTheseGroupsOnly()
    {
        Verb root = CliTree.Build(Environment(), ["-o", "json", "users", "list"]);

        Assert.NotEmpty(root.Subcommands.Single(group => group.Name == "users").Subcommands);
        Assert.Empty(root.Subcommands.Single(group => group.Name == "services").Subcommands);
    }

    private static Verb Tree() => CliTree.Build(Environment());

    private static CliEnvironment Environment() =>
        CliRun.Environment(TextReader.Null, TextWriter.Null, TextWriter.Null, interactive: false, _ => null);

    private static IEnumerable<Verb> Walk(Verb verb) => verb.Subcommands.Cast<Verb>().SelectMany(Walk).Prepend(verb);
}
