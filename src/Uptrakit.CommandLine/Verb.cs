using System.CommandLine;

namespace Uptrakit.CommandLine;

/// <summary>A command whose help ends with examples.</summary>
#pragma warning disable CA1010 // The base class enumerates its symbols for collection initializers only.
public sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>The words that lead here, from the program's name on.</summary>
    public string FullName =>
        string.Join(' ', Parents.OfType<Verb>().Take(1).Select(parent => parent.FullName).Append(Name));

    public Verb Does(Func<ParseResult, CancellationToken, Task<int>> work)
    {
        SetAction(async (parsed, cancel) =>
        {
            // A signal is waited for only from the moment at which this has returned: work that begins at once would be cut off by one that
            // comes early, with whatever it has done to the terminal.
            await Task.Yield();
            return await work(parsed, cancel).ConfigureAwait(false);
        });
        return this;
    }
}
