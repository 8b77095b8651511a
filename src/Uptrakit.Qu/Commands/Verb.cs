using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    internal IReadOnlyList<string> Examples => examples;

    /// <summary>The words that lead here, from the program's name on.</summary>
    internal string FullName =>
        string.Join(' ', Parents.OfType<Verb>().Take(1).Select(parent => parent.FullName).Append(Name));

    internal Verb Does(Func<ParseResult, CancellationToken, Task<int>> work)
    {
        SetAction(work);
        return this;
    }

    /// <summary>Does its work against the daemon.</summary>
    internal Verb Asks<TWork>(
        CommandEnvironment environment,
        Func<DaemonClient, CommandEnvironment, TWork> work,
        Func<TWork, ParseResult, CancellationToken, Task<int>> run) =>
        Does((parsed, cancel) => environment.AskAsync(daemon => run(work(daemon, environment), parsed, cancel)));
}
