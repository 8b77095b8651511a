using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Trust.Verification;

/// <summary>Whether a former root has vouched, signature by signature, for one that is trusted now.</summary>
/// <remarks>
/// A unit file with the pin of a former root then goes on to start, and one with a foreign pin does not. What was vouched for in
/// its time stays vouched for, so dates play no part here: servers are only ever verified against the bundle, whose dates count.
/// </remarks>
public static class HandOverProof
{
    /// <summary>Follows the evidence from a former root to the bundle.</summary>
    /// <param name="isFormer">Tells the former root, by a pin or from what was stored.</param>
    /// <param name="evidence">Former roots, and the certificates with which each vouches for its successor.</param>
    /// <param name="bundle">What is trusted, or served, now.</param>
    /// <returns>Whether a chain of signatures leads there. Never throws for what the certificates hold.</returns>
    public static bool Leads(
        Func<X509Certificate2, bool> isFormer,
        IReadOnlyList<X509Certificate2> evidence,
        CertificateBundle bundle
    )
    {
        ArgumentNullException.ThrowIfNull(isFormer);
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(bundle);
        List<CertificateFacts> all = Authorities(evidence);
        List<CertificateFacts> now = Authorities(bundle.Certificates);
        List<CertificateFacts> vouching = [.. all.Where(c => isFormer(c.Certificate))];
        // Grows while it is walked; each certificate of the evidence gets in once at most.
        for (int i = 0; i < vouching.Count; i++)
        {
            foreach (CertificateFacts cross in all.Where(c => VouchesFor(vouching[i], c)))
            {
                if (now.Any(cross.IsSameAuthorityAs))
                    return true;
                vouching.AddRange(all.Where(c => cross.IsSameAuthorityAs(c) && !vouching.Contains(c)));
            }
        }

        return false;
    }

    // Only an authority can vouch for one: a leaf of the former root signs as well as any key.
    private static List<CertificateFacts> Authorities(IReadOnlyList<X509Certificate2> certificates)
    {
        List<CertificateFacts> read = [];
        foreach (X509Certificate2 certificate in certificates)
        {
            if (CertificateFacts.TryRead(certificate, out CertificateFacts? facts, out _) && facts.Extensions.IsAuthority)
                read.Add(facts);
        }

        return read;
    }

    private static bool VouchesFor(CertificateFacts former, CertificateFacts cross) =>
        !former.IsSameAuthorityAs(cross)
        && CertificateFacts.Same(former.Subject, cross.Issuer)
        && Algorithms.IsStrongSignature(cross.Signature)
        && SignatureCheck.IsGood(cross.Signature, cross.Signed.Span, cross.SignatureValue, former);
}
