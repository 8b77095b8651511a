using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>
/// By what the server of a connection is judged. Never changes: a new trust is a new policy and new connections.
/// </summary>
public sealed class ServerPolicy
{
    private readonly Func<ServerVerifier, X509Certificate2?, IReadOnlyList<X509Certificate2>, string, ServerVerdict> judge;

    private ServerPolicy(Func<ServerVerifier, X509Certificate2?, IReadOnlyList<X509Certificate2>, string, ServerVerdict> judge) =>
        this.judge = judge;

    /// <summary>Whoever answers. Nothing secret may be sent, except where the operator chose <c>insecure-tofu</c>.</summary>
    public static ServerPolicy Anyone { get; } = new(static (_, leaf, _, _) => ServerVerifier.AcceptAnyone(leaf));

    /// <summary>A chain to one of the anchors.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="enforceName">Whether the certificate must have the name that is dialed.</param>
    /// <returns>The policy.</returns>
    public static ServerPolicy Anchored(TrustAnchors anchors, bool enforceName = true)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        return new ServerPolicy((verifier, leaf, sent, host) => verifier.Verify(leaf, sent, anchors, host, enforceName));
    }

    /// <summary>
    /// What a Service goes by once it knows its Controller: the bundle it keeps, and the roots of others that it was told to
    /// trust.
    /// </summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="roots">
    /// The roots of others. They answer for the dialed name or not at all: anyone gets a certificate of theirs for a name of his.
    /// </param>
    /// <param name="enforceName">Whether a server that the bundle vouches for must have the name that is dialed.</param>
    /// <returns>The policy.</returns>
    public static ServerPolicy Stored(CertificateBundle bundle, TrustAnchors roots, bool enforceName)
    {
        ArgumentNullException.ThrowIfNull(roots);
        ServerPolicy own = Anchored(TrustAnchors.None.WithBundle(bundle), enforceName);
        return roots.Count == 0 ? own : own.Or(Anchored(roots));
    }

    /// <summary>The pinned key, or a chain to an authority that has it.</summary>
    /// <param name="pin">The pinned key.</param>
    /// <param name="candidates">Where the authority's certificate may be, besides among those that the server sends.</param>
    /// <param name="enforceName">Whether the certificate must have the name that is dialed.</param>
    /// <returns>The policy.</returns>
    public static ServerPolicy PinnedKey(SpkiFingerprint pin, CertificateBundle? candidates, bool enforceName = true)
    {
        ArgumentNullException.ThrowIfNull(pin);
        return new ServerPolicy(
            (verifier, leaf, sent, host) => verifier.VerifyPinnedKey(leaf, sent, candidates, pin, host, enforceName)
        );
    }

    /// <summary>This policy, and another where this one refuses. When both refuse, this one's reason counts.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>The policy.</returns>
    public ServerPolicy Or(ServerPolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ServerPolicy(
            (verifier, leaf, sent, host) =>
            {
                ServerVerdict first = judge(verifier, leaf, sent, host);
                if (first.Accepted)
                    return first;
                ServerVerdict second = other.judge(verifier, leaf, sent, host);
                return second.Accepted ? second : first;
            }
        );
    }

    /// <summary>Judges a server.</summary>
    /// <param name="verifier">The verifier.</param>
    /// <param name="leaf">Its certificate, or null when it showed none.</param>
    /// <param name="presented">What else it sent.</param>
    /// <param name="host">The name that was dialed.</param>
    /// <returns>The verdict.</returns>
    public ServerVerdict Judge(
        ServerVerifier verifier,
        X509Certificate2? leaf,
        IReadOnlyList<X509Certificate2> presented,
        string host
    )
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return judge(verifier, leaf, presented, host);
    }
}
