namespace Uptrakit.Quorum.State;

/// <summary>One thing wrong with a file, and where. Lines and columns count from 1; line 0 is the file as a whole.</summary>
internal sealed record YamlFault(long Line, long Column, string Message)
{
    public override string ToString() => Line == 0 ? Message : $"line {Line}, column {Column}: {Message}";
}

/// <summary>The faults found so far, at most a hundred: nobody reads more, and a hostile file has millions.</summary>
internal sealed class YamlFaults
{
    private const int Limit = 100;
    private readonly List<YamlFault> found = [];

    public IReadOnlyList<YamlFault> Found => found;

    public int Count => found.Count;

    /// <summary>Whether something that begins so is wrong at that place already.</summary>
    public bool Has(YamlNode at, string beginning) => found.Exists(fault =>
        fault.Line == at.Line && fault.Column == at.Column && fault.Message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Whether there may be more than were kept.</summary>
    public bool IsFull => found.Count == Limit;

    public void Add(YamlNode? at, string message) => Add(at?.Line ?? 0, at?.Column ?? 0, message);

    public void Add(long line, long column, string message)
    {
        if (found.Count < Limit)
            found.Add(new YamlFault(line, column, message));
    }
}
