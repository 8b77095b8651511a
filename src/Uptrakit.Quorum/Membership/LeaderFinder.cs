using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Membership;

/// <summary>Whom this node takes for the leader: its engine's word, or without an engine what most live members say.</summary>
internal sealed class LeaderFinder(Func<Consensus.Consensus?> consensus, Liveness liveness)
{
    public NodeId? Leader()
    {
        if (consensus() is { } engine && engine.Leader is { } known)
            return known;
        return liveness.Live
            .Select(peer => liveness.Of(peer)?.Last.Leader)
            .Where(static text => !string.IsNullOrEmpty(text))
            .GroupBy(static text => text!, StringComparer.Ordinal)
            .OrderByDescending(static g => g.Count())
            .ThenBy(static g => g.Key, StringComparer.Ordinal)
            .Select(static g => NodeId.TryParse(g.Key, out NodeId? id) ? id : null)
            .FirstOrDefault();
    }
}
