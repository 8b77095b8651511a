using System.CommandLine;
using System.Text.RegularExpressions;
using Uptrakit.Qu.Commands;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Tests.Docs;

namespace Uptrakit.Tests.Commands;

public sealed partial class HelpTests
{
    public static TheoryData<string> AllCommands => [.. Walk(Tree()).Select(verb => verb.FullName)];

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Help_EveryCommand_ShowsAnExampleOfItself(string path)
    {
        string[] words = path.Split(' ')[1..];

        QuRun run = await QuRun.Of("/nowhere/q.sock", "", [.. words, "--help"]);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Empty(run.Error);
        string examples = run.Out[run.Out.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains(path, examples, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public void Help_EveryExample_CanBeParsed(string path)
    {
        Verb verb = Walk(Tree()).Single(one => one.FullName == path);
        foreach (string example in verb.Examples.Where(example => example.StartsWith("qu ", StringComparison.Ordinal)))
        {
            // As a shell splits it: what stands in double quotes is one word.
            string line = example.Split(" | ")[0].Split(" > ")[0];
            string[] words = [.. Regex.Matches(line, "\"[^\"]*\"|[^ ]+").Skip(1).Select(static word => word.Value.Trim('"'))];
            ParseResult parsed = Tree().Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
            Assert.Empty(parsed.Errors.Select(fault => $"{example}: {fault.Message}"));
        }
    }

    /// <summary>What a newcomer copies must be a place that the daemon reads.</summary>
    [Fact]
    public void Secrets_InExamplesAndDocumentation_AreWhereADaemonReadsThem()
    {
        IEnumerable<string> texts = Walk(Tree()).SelectMany(static verb => verb.Examples)
            .Concat(AlertSchema.All.SelectMany(static kind => kind.Fields).Select(static field => field.Example))
            .Concat(Directory.EnumerateFiles(Path.Combine(Checkout.Root(), "docs"), "*.md").Select(File.ReadAllText));
        string[] references = [.. texts.SelectMany(static text => Reference().Matches(text)).Select(static match => match.Value)];

        Assert.True(references.Length > 15, $"only {references.Length} were found");
        Assert.Empty(references.Where(static one => UnreadSecrets.DoubtOf(one) is not null).Distinct());
    }

    [GeneratedRegex(@"file:/[A-Za-z0-9/._-]+|env:[A-Z0-9_]+")]
    private static partial Regex Reference();

    /// <summary>One that takes the name of an option of all commands is read in its place: that ended in a stack trace.</summary>
    [Theory]
    [MemberData(nameof(AllCommands))]
    public void Option_OfACommand_DoesNotTakeTheNameOfOneThatAllHave(string path)
    {
        string[] all = [.. Tree().Options.Where(static option => option.Recursive).SelectMany(static option => option.Aliases.Prepend(option.Name))];
        Verb verb = Walk(Tree()).Single(one => one.FullName == path);

        Assert.Contains(CommandTree.Json, all);
        Assert.Empty(verb.Options.Where(static option => !option.Recursive).SelectMany(static option => option.Aliases.Prepend(option.Name)).Intersect(all));
    }

    [Fact]
    public void Tree_BuiltForSomeWords_HasTheCommandsOfTheseGroupsOnly()
    {
        Verb root = CommandTree.Build(Environment(), ["--json", "node", "list"]);

        Assert.NotEmpty(root.Subcommands.Single(group => group.Name == "node").Subcommands);
        Assert.Empty(root.Subcommands.Single(group => group.Name == "check").Subcommands);
    }

    internal static Verb Tree() => CommandTree.Build(Environment());

    private static CommandEnvironment Environment() => new(
        new Terminal("qu", TextReader.Null, TextWriter.Null, TextWriter.Null, false, false),
        new QuPaths("/nowhere", "/nowhere/q.sock"), new FakeNode(), TimeProvider.System);

    private static IEnumerable<Verb> Walk(Verb verb) => verb.Subcommands.Cast<Verb>().SelectMany(Walk).Prepend(verb);
}
