using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Verification;

/// <summary>Checks one candidate path: the signatures and RFC 5280 by the platform, the names by us.</summary>
internal static class PathCheck
{
    /// <summary>The refusal, or <see cref="ServerRefusal.None"/>.</summary>
    public static ServerRefusal Of(CandidatePath path, DateTimeOffset now)
    {
        if (!NamesAreAllowed(path))
            return ServerRefusal.NameConstraint;

        try
        {
            return Build(path, now);
        }
        catch (CryptographicException)
        {
            return ServerRefusal.Unreadable;
        }
    }

    // An anchor's constraints bind like any other's: a root that may speak for .corp is no root for the world.
    private static bool NamesAreAllowed(CandidatePath path)
    {
        for (int i = 0; i < path.Chain.Count; i++)
        {
            GeneralNames names = path.Chain[i].Extensions.Names;
            IEnumerable<CertificateFacts> above = path.Chain.Skip(i + 1).Append(path.AnchorFacts);
            if (above.Any(a => a.Extensions.Constraints is { } constraints && !constraints.Allow(names)))
                return false;
        }

        return true;
    }

    // The platform gets exactly this path and nothing to choose from.
    private static ServerRefusal Build(CandidatePath path, DateTimeOffset now)
    {
        using X509Chain chain = new();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(path.Anchor.Certificate);
        foreach (CertificateFacts issuer in path.Chain.Skip(1))
            policy.ExtraStore.Add(issuer.Certificate);
        policy.DisableCertificateDownloads = true;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.ApplicationPolicy.Add(new Oid(Oids.ServerAuth));
        policy.VerificationTime = now.UtcDateTime;
        // An anchor that another authority has signed is an anchor; the platform calls its path partial.
        bool partial = !path.AnchorFacts.SelfIssued;
        if (partial)
            policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;

        try
        {
            bool good = chain.Build(path.Chain[0].Certificate);
            return good && IsThisPath(chain, path) && HasNoOtherFault(chain, partial) ? ServerRefusal.None : Reason(chain);
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    private static bool IsThisPath(X509Chain chain, CandidatePath path)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> expected = [.. path.Chain.Select(c => c.Raw), path.AnchorFacts.Raw];
        return chain.ChainElements.Count == expected.Count
            && chain.ChainElements.Zip(expected).All(p => CertificateFacts.Same(p.First.Certificate.RawDataMemory, p.Second));
    }

    // The flag for partial paths also forgives an untrusted root and faults further down: only the one thing is meant.
    private static bool HasNoOtherFault(X509Chain chain, bool partial)
    {
        for (int i = 0; i < chain.ChainElements.Count; i++)
        {
            bool top = partial && i == chain.ChainElements.Count - 1;
            if (chain.ChainElements[i].ChainElementStatus.Any(s => !top || s.Status is not X509ChainStatusFlags.PartialChain))
                return false;
        }

        return true;
    }

    private static ServerRefusal Reason(X509Chain chain)
    {
        X509ChainStatusFlags all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (sum, s) => sum | s.Status);
        // Where the signature does not fit, the platform does not even see an issuer.
        const X509ChainStatusFlags NoIssuer =
            X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        if ((all & NoIssuer) != 0)
            return ServerRefusal.BadSignature;
        return (all & X509ChainStatusFlags.NotValidForUsage) != 0 ? ServerRefusal.NotForServers : ServerRefusal.InvalidPath;
    }
}
