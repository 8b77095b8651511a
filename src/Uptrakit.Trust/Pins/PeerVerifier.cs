using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Trust.Pins;

/// <summary>Decides which enrolled node a certificate stands for.</summary>
/// <param name="pins">The pinned keys; asked anew for every certificate, so an eviction works at once.</param>
/// <param name="clock">The time now.</param>
/// <remarks>
/// Source: quorum-security, "TLS handshake step by step", 3 to 5. The handshake proves that the peer holds the key; this
/// decides whose key it is. No chain and no name in the certificate plays a part.
/// </remarks>
public sealed class PeerVerifier(PinTable pins, TimeProvider clock)
{
    /// <summary>Names the enrolled peer whose key is in the leaf, or says why not.</summary>
    /// <param name="leaf">The certificate with which the peer made the handshake, or null when it showed none.</param>
    /// <returns>The verdict. Never throws for what the certificate holds.</returns>
    public PeerVerdict Identify(X509Certificate2? leaf)
    {
        if (leaf is null)
            return PeerVerdict.Refuse(Refusal.NoLeaf);

        DateTimeOffset now = clock.GetUtcNow();
        if (now < leaf.NotBefore || now > leaf.NotAfter)
            return PeerVerdict.Refuse(Refusal.OutsideValidity);

        if (!SpkiFingerprint.TryOf(leaf, out SpkiFingerprint? key))
            return PeerVerdict.Refuse(Refusal.Unreadable);

        // The name comes from the pin table, never from the subject: under its pinned
        // key a peer can issue itself a leaf that carries any other peer's name.
        return pins.TryFind(key, out NodeId? peer)
            ? PeerVerdict.Accept(peer)
            : PeerVerdict.Refuse(Refusal.UnknownKey);
    }

    /// <summary>As <see cref="Identify"/>, and the peer must be the one that was called.</summary>
    /// <param name="leaf">The certificate with which the peer made the handshake, or null when it showed none.</param>
    /// <param name="expected">The node that was called.</param>
    /// <returns>The verdict: <see cref="Refusal.OtherPeer"/> for any other node, however well enrolled.</returns>
    /// <remarks>
    /// "A strict verifier ensures the fingerprint matches that specific entry — not just any trusted peer"; otherwise one
    /// compromised member could stand in for every other.
    /// </remarks>
    public PeerVerdict IdentifyAs(X509Certificate2? leaf, NodeId expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        PeerVerdict verdict = Identify(leaf);
        return verdict.Accepted && verdict.Peer != expected ? PeerVerdict.Refuse(Refusal.OtherPeer) : verdict;
    }
}
