using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Transport;

/// <summary>Where the other members are and which keys prove them: the pins follow the committed state.</summary>
internal sealed class PeerDirectory
{
    private readonly NodeId self;
    private readonly Lock replacing = new();
    private volatile ImmutableSortedDictionary<NodeId, Peer> peers = ImmutableSortedDictionary<NodeId, Peer>.Empty;

    public PeerDirectory(NodeId self, PinTable pins)
    {
        this.self = self;
        Pins = pins;
    }

    /// <summary>Raised after members, addresses or keys have changed.</summary>
    public event Action? Changed;

    public PinTable Pins { get; }

    public NodeId Self => self;

    /// <summary>All members but this node.</summary>
    public IEnumerable<NodeId> Others => peers.Keys.Where(id => id != self);

    public ImmutableSortedDictionary<NodeId, Peer> All => peers;

    public bool TryGet(NodeId id, [NotNullWhen(true)] out Peer? peer) => peers.TryGetValue(id, out peer);

    /// <summary>Takes over the members of a committed state, or before there is one, of the trust store.</summary>
    public void Replace(IEnumerable<Peer> members)
    {
        bool changed;
        lock (replacing)
            changed = Exchange(members);
        if (changed)
            Changed?.Invoke();
    }

    /// <summary>Forgets one that the state does not know.</summary>
    public void Remove(NodeId id)
    {
        bool changed;
        // What is read and what is written must be one step: an eviction in between would be undone.
        lock (replacing)
            changed = Exchange(peers.Values.Where(p => p.NodeId != id.ToString()));
        if (changed)
            Changed?.Invoke();
    }

    private bool Exchange(IEnumerable<Peer> members)
    {
        var next = ImmutableSortedDictionary.CreateBuilder<NodeId, Peer>();
        foreach (Peer member in members)
        {
            if (NodeId.TryParse(member.NodeId, out NodeId? id))
                next[id] = member;
        }

        var before = peers;
        peers = next.ToImmutable();
        if (before.Count == peers.Count && before.All(p => peers.TryGetValue(p.Key, out Peer? now) && ReferenceEquals(now, p.Value)))
            return false;
        Pins.Replace(peers.Select(static p => KeyValuePair.Create(p.Key, (IReadOnlyList<SpkiFingerprint>)PinsOf(p.Value))));
        return true;
    }

    private static List<SpkiFingerprint> PinsOf(Peer peer)
    {
        List<SpkiFingerprint> pins = [];
        foreach (PeerKey key in peer.Keys)
        {
            if (SpkiFingerprint.TryFromBytes(key.SpkiSha256.Span, out SpkiFingerprint? pin))
                pins.Add(pin!);
        }

        return pins;
    }
}
