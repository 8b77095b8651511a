using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>The outcomes of the last commands by their ids: a repeated command is answered, not applied again.</summary>
internal sealed class RecentCommands
{
    /// <summary>Longer than any client retries: at 1,000 changes a second, four seconds of proposals are in flight at the most.</summary>
    public const int Capacity = 4096;

    private readonly ImmutableDictionary<ByteString, Outcome> outcomes;
    private readonly ImmutableQueue<ByteString> order;

    private RecentCommands(ImmutableDictionary<ByteString, Outcome> outcomes, ImmutableQueue<ByteString> order)
    {
        this.outcomes = outcomes;
        this.order = order;
    }

    public static RecentCommands Empty { get; } = new(ImmutableDictionary<ByteString, Outcome>.Empty, []);

    public static RecentCommands Of(IEnumerable<CommandRecord> records)
    {
        RecentCommands result = Empty;
        foreach (CommandRecord record in records)
            result = result.With(record.Id, record.Outcome);
        return result;
    }

    public bool TryGet(ByteString id, [NotNullWhen(true)] out Outcome? outcome) => outcomes.TryGetValue(id, out outcome);

    public RecentCommands With(ByteString id, Outcome outcome)
    {
        var (map, queue) = (outcomes, order);
        if (map.Count >= Capacity)
        {
            queue = queue.Dequeue(out ByteString oldest);
            map = map.Remove(oldest);
        }

        return new(map.SetItem(id, outcome), queue.Enqueue(id));
    }

    public IEnumerable<CommandRecord> InOrder() => order.Select(id => new CommandRecord { Id = id, Outcome = outcomes[id] });
}
