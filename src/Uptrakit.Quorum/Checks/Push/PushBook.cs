using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Push;

/// <summary>The beats of push checks that this node knows of.</summary>
/// <param name="find">The check with that id, in the state of now: an edit takes effect at once.</param>
internal sealed class PushBook(Func<string, Check?> find, TimeProvider clock)
{
    private const int KeyLimit = 256;

    // What a check without a key is compared with: nobody knows a text with this digest.
    private static readonly byte[] s_noKey = new byte[SHA256.HashSizeInBytes];

    // Entries of removed checks are looked for when there are so many entries.
    private const int PruneFloor = 1024;
    private int pruneAt = PruneFloor;

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>A beat was taken here, with that key, so long ago: the other members know nothing of it until somebody tells them.</summary>
    internal event Action<string, string, TimeSpan>? Taken;

    /// <summary>Takes a beat if the check is there, is one of push, and the key is its key.</summary>
    /// <param name="checkId">Of the check.</param>
    /// <param name="key">What was shown.</param>
    /// <param name="age">How long ago, when somebody passes it on.</param>
    /// <remarks>
    /// An unknown check and a wrong key take the same time and give the same answer: who has no key learns nothing. Digests are
    /// compared, in constant time, so that the time says nothing about the key either.
    /// </remarks>
    internal bool Take(string checkId, string key, TimeSpan age = default)
    {
        Check? check = find(checkId);
        if (!Fits(check, key) || check is not { Enabled: true })
            return false;
        Accept(checkId, key, age);
        return true;
    }

    /// <summary>Whether the key is that of the push check, enabled or not. It takes the same time whatever it is asked.</summary>
    internal static bool Fits(Check? check, string key)
    {
        byte[] wanted = check is { Type: CheckType.Push, Push.KeySha256.Length: SHA256.HashSizeInBytes }
            ? check.Push.KeySha256.ToByteArray()
            : s_noKey;
        bool fits = key.Length <= KeyLimit;
        byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(fits ? key : ""));
        return CryptographicOperations.FixedTimeEquals(shown, wanted) & fits;
    }

    /// <summary>A beat whose key was judged already.</summary>
    internal void Accept(string checkId, string key, TimeSpan age = default)
    {
        Note(checkId, age);
        Taken?.Invoke(checkId, key, age);
    }

    /// <summary>A beat that another voter took, so long ago.</summary>
    internal void Note(string checkId, TimeSpan age)
    {
        if (find(checkId) is not { Type: CheckType.Push } || age < TimeSpan.Zero || age > TimeSpan.FromDays(2))
            return;
        long at = clock.GetTimestamp() - (long)(age.TotalSeconds * clock.TimestampFrequency);
        entries.AddOrUpdate(checkId, _ => new Entry(clock.GetTimestamp(), at), (_, old) => old.Beat > at ? old : old with { Beat = at });
    }

    /// <summary>How long ago the last beat was, and whether there was one: without, it counts from the first time somebody asked.</summary>
    internal (TimeSpan Ago, bool HasBeat) Last(string checkId)
    {
        if (entries.Count >= pruneAt)
            Prune();
        Entry entry = entries.GetOrAdd(checkId, static (_, clock) => new Entry(clock.GetTimestamp(), null), clock);
        return (clock.GetElapsedTime(entry.Beat ?? entry.Since), entry.Beat is not null);
    }

    private void Prune()
    {
        foreach ((string id, _) in entries)
        {
            if (find(id) is not { Type: CheckType.Push })
                entries.TryRemove(id, out _);
        }

        pruneAt = (2 * entries.Count) + PruneFloor;
    }

    private sealed record Entry(long Since, long? Beat);
}
