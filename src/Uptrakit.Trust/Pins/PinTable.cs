using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Trust.Pins;

/// <summary>Which keys stand for which node. Safe for any number of threads: readers see one whole table.</summary>
/// <remarks>A node has more than one pin only while its key is being replaced.</remarks>
public sealed class PinTable
{
    private readonly Lock replacing = new();
    private volatile Table current = Table.Of([]);

    /// <summary>
    /// Raised after a <see cref="Replace"/> that changed something, on the thread that called it and outside of any lock.
    /// Read the table anew: by then it may be newer still. A handler must not throw.
    /// </summary>
    public event Action? Changed;

    /// <summary>The whole table as it is now; it does not change afterwards. Contested pins are not in it.</summary>
    public IReadOnlyDictionary<NodeId, IReadOnlyList<SpkiFingerprint>> Snapshot => current.Pins;

    /// <summary>Pins that more than one node claims. They belong to nobody; one here deserves a warning in the log.</summary>
    public IReadOnlyCollection<SpkiFingerprint> Contested => current.Contested;

    /// <summary>Finds whose key it is.</summary>
    /// <param name="pin">The fingerprint of the key.</param>
    /// <param name="peer">The one node that has it pinned, or null.</param>
    /// <returns>Whether exactly one node has that key pinned.</returns>
    public bool TryFind(SpkiFingerprint pin, [NotNullWhen(true)] out NodeId? peer)
    {
        ArgumentNullException.ThrowIfNull(pin);
        return current.Owners.TryGetValue(pin, out peer);
    }

    /// <summary>The pins of a node.</summary>
    /// <param name="peer">The node.</param>
    /// <returns>Its pins in the order in which they were given; empty for an unknown node.</returns>
    public IReadOnlyList<SpkiFingerprint> PinsOf(NodeId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return current.Pins.TryGetValue(peer, out IReadOnlyList<SpkiFingerprint>? pins) ? pins : [];
    }

    /// <summary>Puts another table in place of this one, at once.</summary>
    /// <param name="pins">
    /// All of the new table. A node may come more than once: its pins are joined. A pin that two nodes claim belongs to
    /// neither: with either answer, one of them could speak as the other.
    /// </param>
    public void Replace(IEnumerable<KeyValuePair<NodeId, IReadOnlyList<SpkiFingerprint>>> pins)
    {
        ArgumentNullException.ThrowIfNull(pins);
        Table next = Table.Of(pins);
        lock (replacing)
        {
            if (next.SameAs(current))
                return;
            current = next;
        }

        Changed?.Invoke();
    }

    private sealed record Table(
        FrozenDictionary<SpkiFingerprint, NodeId> Owners,
        FrozenDictionary<NodeId, IReadOnlyList<SpkiFingerprint>> Pins,
        FrozenSet<SpkiFingerprint> Contested)
    {
        internal static Table Of(IEnumerable<KeyValuePair<NodeId, IReadOnlyList<SpkiFingerprint>>> given)
        {
            Dictionary<SpkiFingerprint, NodeId> owners = [];
            HashSet<SpkiFingerprint> contested = [];
            List<(NodeId Peer, SpkiFingerprint Pin)> inOrder = [];
            foreach ((NodeId peer, IReadOnlyList<SpkiFingerprint> pins) in given)
            {
                foreach (SpkiFingerprint pin in pins)
                {
                    if (owners.TryAdd(pin, peer))
                        inOrder.Add((peer, pin));
                    else if (owners[pin] != peer)
                        contested.Add(pin);
                }
            }

            foreach (SpkiFingerprint pin in contested)
                owners.Remove(pin);
            return new Table(
                owners.ToFrozenDictionary(),
                inOrder.Where(entry => !contested.Contains(entry.Pin)).GroupBy(entry => entry.Peer, entry => entry.Pin)
                    .ToFrozenDictionary(
                        group => group.Key, group => (IReadOnlyList<SpkiFingerprint>)Array.AsReadOnly(group.ToArray())),
                contested.ToFrozenSet());
        }

        internal bool SameAs(Table other) =>
            Contested.SetEquals(other.Contested)
            && Pins.Count == other.Pins.Count
            && Pins.All(entry => other.Pins.TryGetValue(entry.Key, out IReadOnlyList<SpkiFingerprint>? pins)
                && pins.SequenceEqual(entry.Value));
    }
}
