using System.Collections.Concurrent;

namespace Uptrakit.Quorum.Checks.Push;

/// <summary>Tells the other members of the beats that this node took, and takes theirs: a device knows one node, and all of them vote.</summary>
/// <remarks>A beat is in every heartbeat for some seconds, so that one that is lost or late does not lose it. A member that is away for longer votes without it.</remarks>
internal sealed class BeatRelay
{
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, long> own = new(StringComparer.Ordinal);
    private readonly PushBook book;
    private readonly TimeProvider clock;

    public BeatRelay(PushBook book, TimeProvider clock)
    {
        (this.book, this.clock) = (book, clock);
        book.Taken += id => own[id] = clock.GetTimestamp();
    }

    /// <summary>What this node took of late, the newest first.</summary>
    public IReadOnlyList<(string CheckId, TimeSpan Age)> Recent(int most)
    {
        List<(string CheckId, TimeSpan Age)> recent = [];
        foreach ((string id, long at) in own)
        {
            TimeSpan age = clock.GetElapsedTime(at);
            if (age > Told)
                own.TryRemove(KeyValuePair.Create(id, at));
            else
                recent.Add((id, age));
        }

        return [.. recent.OrderBy(static beat => beat.Age).Take(most)];
    }

    /// <summary>Another member took it, so long ago by its own measure.</summary>
    public void Heard(string checkId, TimeSpan age) => book.Note(checkId, age);
}
