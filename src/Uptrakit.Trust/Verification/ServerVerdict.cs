using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Trust.Verification;

/// <summary>The answer to "is this the server that was called?": by which rule and anchor, or why not.</summary>
/// <remarks>The certificates in it are the caller's and the anchors': a verdict keeps none of them alive.</remarks>
public sealed record ServerVerdict
{
    private ServerVerdict(
        ServerRule rule,
        ServerRefusal refusal,
        TrustAnchor? anchor,
        IReadOnlyList<X509Certificate2> path,
        X509Certificate2? offender
    )
    {
        Rule = rule;
        Refusal = refusal;
        Anchor = anchor;
        Path = path;
        Offender = offender;
    }

    /// <summary>Whether the server is the one that was called.</summary>
    public bool Accepted => Refusal is ServerRefusal.None;

    /// <summary>The reason; <see cref="ServerRefusal.None"/> when accepted.</summary>
    public ServerRefusal Refusal { get; }

    /// <summary>The rule that accepted it.</summary>
    public ServerRule Rule { get; }

    /// <summary>Where its path ends; null when refused, or accepted by its own key.</summary>
    public TrustAnchor? Anchor { get; }

    /// <summary>From the server's certificate to the anchor, both included; empty when refused.</summary>
    public IReadOnlyList<X509Certificate2> Path { get; }

    /// <summary>The certificate over which a refused server fell, where one can be named.</summary>
    public X509Certificate2? Offender { get; }

    /// <summary>
    /// The verdict as a sentence for an operator, with what to do. It holds nothing that the server sent: a command with the
    /// observed fingerprint in it would be pasted, and an attacker's is as easily pasted as any.
    /// </summary>
    public string Message =>
        Rule switch
        {
            ServerRule.Anchor => "the server's certificate chains to a trusted authority",
            ServerRule.PinnedLeafKey => "the server holds the pinned key",
            ServerRule.Unverified => "nobody verified the server",
            ServerRule.PinnedAuthorityKey => "the authority with the pinned key issued the server's certificate",
            _ => ServerRefusalText.Of(Refusal),
        };

    internal static ServerVerdict Accept(ServerRule rule, TrustAnchor? anchor, IReadOnlyList<X509Certificate2> path) =>
        new(rule, ServerRefusal.None, anchor, path, offender: null);

    /// <summary>The server is refused.</summary>
    /// <param name="refusal">The reason.</param>
    /// <param name="offender">The certificate over which it fell, where one can be named.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="refusal"/> is <see cref="ServerRefusal.None"/>.</exception>
    public static ServerVerdict Refuse(ServerRefusal refusal, X509Certificate2? offender = null)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(refusal, ServerRefusal.None);
        return new ServerVerdict(ServerRule.None, refusal, anchor: null, path: [], offender);
    }
}
