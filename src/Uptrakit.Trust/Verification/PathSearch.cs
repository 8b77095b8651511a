using Uptrakit.Trust.Anchors;

namespace Uptrakit.Trust.Verification;

/// <summary>Finds the chains that a server's certificate may have, one after the other, by name and key id.</summary>
/// <remarks>
/// The platform follows one chain and gives up when that fails: with a cross-signed root beside the root itself, or two roots
/// of one name, its answer hangs on their order. Here every chain is tried, and a stranger's labyrinth is left after a bound.
/// </remarks>
internal sealed class PathSearch(IReadOnlyList<CertificateFacts> intermediates, TrustAnchors anchors, DateTimeOffset now)
{
    private const int MostIntermediates = 6;
    private const int MostSteps = 512;

    private readonly List<CertificateFacts> chain = [];
    private int steps;

    /// <summary>The refusal that came nearest to a path; for when no path was good.</summary>
    public Shortfall Shortfall { get; } = new();

    /// <summary>All candidate paths, anchors before further intermediates.</summary>
    public IEnumerable<CandidatePath> From(CertificateFacts leaf)
    {
        chain.Add(leaf);
        foreach (CandidatePath path in Anchored())
            yield return path;

        if (chain.Count <= MostIntermediates)
        {
            foreach (CertificateFacts issuer in intermediates.Where(IsUsable))
            {
                foreach (CandidatePath path in From(issuer))
                    yield return path;
            }
        }

        chain.RemoveAt(chain.Count - 1);
    }

    private IEnumerable<CandidatePath> Anchored()
    {
        foreach (TrustAnchor anchor in anchors.Named(chain[^1].Issuer))
        {
            if (!CertificateFacts.TryRead(anchor.Certificate, out CertificateFacts? facts, out ServerRefusal refusal))
            {
                Shortfall.Note(refusal, anchor.Certificate, Shortfall.AtAnchor);
                continue;
            }

            if (!MayHaveIssued(facts, chain[^1]))
                continue;
            refusal = CertificateRules.OfAnchor(facts, chain.Count - 1, now);
            if (refusal is ServerRefusal.None)
                yield return new CandidatePath([.. chain], anchor, facts);
            else
                Shortfall.Note(refusal, anchor.Certificate, Shortfall.AtAnchor);
        }
    }

    private bool IsUsable(CertificateFacts issuer)
    {
        if (steps > MostSteps)
            return false;
        if (++steps > MostSteps)
        {
            Shortfall.Note(ServerRefusal.TooMuchWork, null, Shortfall.AtEffort);
            return false;
        }

        if (!CertificateFacts.Same(issuer.Subject, chain[^1].Issuer) || !MayHaveIssued(issuer, chain[^1]))
            return false;
        // One authority twice in a path is a circle.
        if (chain.Any(issuer.IsSameAuthorityAs))
            return false;

        ServerRefusal refusal = CertificateRules.OfAuthority(issuer, chain.Count - 1, now);
        if (refusal is not ServerRefusal.None)
            Shortfall.Note(refusal, issuer.Certificate, Shortfall.AtIntermediate);
        return refusal is ServerRefusal.None;
    }

    // Key ids tell generations of one name apart (RFC 5280, section 4.2.1.1). They are hints: the signature decides.
    private static bool MayHaveIssued(CertificateFacts issuer, CertificateFacts issued) =>
        issuer.Extensions.SubjectKeyId.IsEmpty
        || issued.Extensions.AuthorityKeyId.IsEmpty
        || CertificateFacts.Same(issuer.Extensions.SubjectKeyId, issued.Extensions.AuthorityKeyId);
}
