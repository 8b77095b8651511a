using System.Diagnostics.CodeAnalysis;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Trust.Pins;

/// <summary>The answer to "who is this?": a pinned node, or the reason why not.</summary>
public sealed record PeerVerdict
{
    private PeerVerdict(NodeId? peer, Refusal refusal)
    {
        Peer = peer;
        Refusal = refusal;
    }

    /// <summary>Whether the peer is <see cref="Peer"/>.</summary>
    [MemberNotNullWhen(true, nameof(Peer))]
    public bool Accepted => Peer is not null;

    /// <summary>The node whose pinned key the peer holds; null when refused.</summary>
    public NodeId? Peer { get; }

    /// <summary>The reason; <see cref="Refusal.None"/> when accepted.</summary>
    public Refusal Refusal { get; }

    /// <summary>The verdict as a sentence for an operator, with what to do. Holds nothing that the peer sent.</summary>
    public string Message => Refusal switch
    {
        Refusal.None => $"the key is pinned for {Peer}",
        Refusal.NoLeaf => "the peer showed no certificate: nodes show one on both sides",
        Refusal.OutsideValidity => "the peer's certificate is not valid at this machine's time; certificates of nodes run for "
            + "10 years, so compare the clocks of both machines ('timedatectl')",
        Refusal.UnknownKey => "no node has this key pinned: the peer is not enrolled here, was removed, or its key was replaced",
        Refusal.OtherPeer => "the key belongs to another node than the one that was called: check the advertised addresses",
        _ => "the peer's certificate could not be read",
    };

    /// <summary>The peer is a node.</summary>
    /// <param name="peer">The node, as the pin table names it.</param>
    /// <returns>The verdict.</returns>
    public static PeerVerdict Accept(NodeId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new PeerVerdict(peer, Refusal.None);
    }

    /// <summary>The peer is refused.</summary>
    /// <param name="refusal">The reason.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="refusal"/> is <see cref="Refusal.None"/>.</exception>
    public static PeerVerdict Refuse(Refusal refusal)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(refusal, Refusal.None);
        return new PeerVerdict(null, refusal);
    }
}
