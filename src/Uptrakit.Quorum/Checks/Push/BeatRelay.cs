using System.Collections.Concurrent;

namespace Uptrakit.Quorum.Checks.Push;

/// <summary>Tells the other members of the beats that this node took, and takes theirs: a device knows one node, and all of them vote.</summary>
/// <remarks>
/// A beat is in every heartbeat for some seconds, so that one that is lost or late does not lose it. A member that is away for longer votes
/// without it. A beat counts with everybody, so whoever could make one up would keep a check up that is down, against the votes of all. A
/// voter is believed: it may change the check as well. A probe is not: it passes on the key that the device has shown, to voters only.
/// </remarks>
internal sealed class BeatRelay
{
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Own> own = new(StringComparer.Ordinal);
    private readonly PushBook book;
    private readonly TimeProvider clock;

    public BeatRelay(PushBook book, TimeProvider clock)
    {
        (this.book, this.clock) = (book, clock);
        book.Taken += Took;
    }

    /// <summary>What this node took of late, the newest first, with the key that was shown.</summary>
    public IReadOnlyList<(string CheckId, TimeSpan Age, string Key)> Recent(int most)
    {
        List<(string CheckId, TimeSpan Age, string Key)> recent = [];
        foreach ((string id, Own beat) in own)
        {
            TimeSpan age = clock.GetElapsedTime(beat.At);
            if (age > Told)
                own.TryRemove(KeyValuePair.Create(id, beat));
            else
                recent.Add((id, age, beat.Key));
        }

        return [.. recent.OrderBy(static beat => beat.Age).Take(most)];
    }

    /// <summary>A voter took it, so long ago by its own measure.</summary>
    public void HeardFromVoter(string checkId, TimeSpan age) => book.Note(checkId, age);

    /// <summary>A probe says that it took it, and shows the key. Then it is as if the device had come here: the others hear of it from this node.</summary>
    public void HeardFromProbe(string checkId, TimeSpan age, string key) => book.Take(checkId, key, age);

    // The same one comes with each heartbeat of a probe, older each time.
    private void Took(string checkId, string key, TimeSpan age)
    {
        long at = clock.GetTimestamp() - (long)(age.TotalSeconds * clock.TimestampFrequency);
        own.AddOrUpdate(checkId, new Own(at, key), (_, old) => old.At > at ? old : new Own(at, key));
    }

    // Not a record: its text would have the key.
    private readonly struct Own(long at, string key) : IEquatable<Own>
    {
        public long At => at;

        public string Key => key;

        public bool Equals(Own other) => at == other.At && key == other.Key;

        public override bool Equals(object? other) => other is Own own && Equals(own);

        public override int GetHashCode() => at.GetHashCode();
    }
}
