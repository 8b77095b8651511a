using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Trust.Verification;

/// <summary>Decides whether a server is the one that was called.</summary>
/// <param name="clock">The time now.</param>
/// <remarks>
/// Source: tofu-and-tls-hardening, "Modes". The handshake proves that the server holds the key of its certificate; this decides
/// whether that certificate speaks for the name. It takes nothing that rustls with webpki would refuse (docs/conformance.md),
/// never calls out, and does a bounded amount of work. It keeps no state: one is enough for any number of threads.
/// </remarks>
public sealed partial class ServerVerifier(TimeProvider clock)
{
    private const int MostCertificates = 16;
    private const int MostPaths = 16;

    /// <summary>Verifies a server by its chain to a trust anchor.</summary>
    /// <param name="leaf">The certificate with which the server made the handshake, or null when it showed none.</param>
    /// <param name="presented">What else it sent.</param>
    /// <param name="anchors">What the chain may end in.</param>
    /// <param name="host">The name or address that was dialed.</param>
    /// <param name="enforceName">Whether the certificate must have that name.</param>
    /// <param name="revocations">
    /// Revocation lists at hand; nothing is fetched. A certificate whose issuer has a list among them must be clear of it, and
    /// a list that is forged or out of date refuses.
    /// </param>
    /// <returns>The verdict. Never throws for what the certificates hold.</returns>
    public ServerVerdict Verify(
        X509Certificate2? leaf,
        IReadOnlyList<X509Certificate2> presented,
        TrustAnchors anchors,
        string host,
        bool enforceName = true,
        IReadOnlyList<RevocationList>? revocations = null
    )
    {
        ArgumentNullException.ThrowIfNull(presented);
        ArgumentNullException.ThrowIfNull(anchors);
        if (leaf is null)
            return ServerVerdict.Refuse(ServerRefusal.NoLeaf);
        if (presented.Count > MostCertificates)
            return ServerVerdict.Refuse(ServerRefusal.TooManyCertificates);
        if (!CertificateFacts.TryRead(leaf, out CertificateFacts? facts, out ServerRefusal refusal))
            return ServerVerdict.Refuse(refusal, leaf);

        ServerName? name = null;
        if (enforceName && !ServerName.TryParse(host, out name))
            return ServerVerdict.Refuse(ServerRefusal.NameMismatch, leaf);

        DateTimeOffset now = clock.GetUtcNow();
        refusal = CertificateRules.OfLeaf(facts, now, name);
        return refusal is ServerRefusal.None
            ? FollowPaths(facts, Usable(leaf, presented), anchors, revocations ?? [], now)
            : ServerVerdict.Refuse(refusal, leaf);
    }

    /// <summary>Whether a certificate has a name, by the rules of <see cref="Verify"/>; for reports.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="host">The name or address.</param>
    /// <returns>Whether it has it. Never throws for what the certificate holds.</returns>
    public static bool HasName(X509Certificate2 leaf, string host) =>
        CertificateFacts.TryRead(leaf, out CertificateFacts? facts, out _)
        && ServerName.TryParse(host, out ServerName? name)
        && name.IsIn(facts.Extensions.Names);

    /// <summary>Accepts whoever made the handshake.</summary>
    /// <param name="leaf">The certificate, or null when the server showed none.</param>
    /// <returns>A verdict that says that nobody looked.</returns>
    /// <remarks>For <see cref="TrustMode.Insecure"/>, and to fetch what proves itself. Nothing secret follows it.</remarks>
    public static ServerVerdict AcceptAnyone(X509Certificate2? leaf) =>
        leaf is null
            ? ServerVerdict.Refuse(ServerRefusal.NoLeaf)
            : ServerVerdict.Accept(ServerRule.Unverified, anchor: null, [leaf]);

    private static ServerVerdict FollowPaths(
        CertificateFacts leaf,
        IReadOnlyList<CertificateFacts> intermediates,
        TrustAnchors anchors,
        IReadOnlyList<RevocationList> revocations,
        DateTimeOffset now
    )
    {
        if (anchors.Count == 0)
            return ServerVerdict.Refuse(ServerRefusal.NoAnchor);
        // Even when it is its own anchor: a server's certificate in a store of authorities is a mistake.
        if (leaf.SelfIssued)
            return ServerVerdict.Refuse(ServerRefusal.SelfSigned, leaf.Certificate);

        PathSearch search = new(intermediates, anchors, now);
        int budget = MostPaths;
        foreach (CandidatePath path in search.From(leaf))
        {
            if (budget-- == 0)
                return ServerVerdict.Refuse(ServerRefusal.TooMuchWork);

            ServerRefusal refusal = PathCheck.Of(path, revocations, now);
            if (refusal is ServerRefusal.None)
                return ServerVerdict.Accept(ServerRule.Anchor, path.Anchor, PathOf(path));
            search.Shortfall.Note(refusal, path.Chain[^1].Certificate, Shortfall.AtSignature);
        }

        return search.Shortfall.Verdict;
    }

    // A self-issued certificate from the peer is never needed: a root counts only when it is an anchor, and then it is at hand.
    // Beside an anchor of its name it could only stand in the way. One that can't be read may belong to another path.
    private static List<CertificateFacts> Usable(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> presented)
    {
        List<CertificateFacts> usable = [];
        foreach (X509Certificate2 certificate in presented)
        {
            if (!CertificateFacts.TryRead(certificate, out CertificateFacts? facts, out _) || facts.SelfIssued)
                continue;
            if (
                !CertificateFacts.Same(facts.Raw, leaf.RawDataMemory) && !usable.Any(u => CertificateFacts.Same(u.Raw, facts.Raw))
            )
                usable.Add(facts);
        }

        return usable;
    }

    private static IReadOnlyList<X509Certificate2> PathOf(CandidatePath path) =>
        [.. path.Chain.Select(c => c.Certificate), path.Anchor.Certificate];
}
