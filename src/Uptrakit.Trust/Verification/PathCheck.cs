using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Verification;

/// <summary>Checks one candidate path: the signatures and RFC 5280 by the platform, the names by us.</summary>
internal static class PathCheck
{
    /// <summary>The refusal, or <see cref="ServerRefusal.None"/>.</summary>
    public static ServerRefusal Of(CandidatePath path, IReadOnlyList<RevocationList> lists, DateTimeOffset now)
    {
        if (!NamesAreAllowed(path))
            return ServerRefusal.NameConstraint;

        try
        {
            ServerRefusal refusal = Build(path, now);
            return refusal is ServerRefusal.None && IsRevoked(path, lists, now) ? ServerRefusal.Revoked : refusal;
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

    private static bool IsRevoked(CandidatePath path, IReadOnlyList<RevocationList> lists, DateTimeOffset now)
    {
        IEnumerable<CertificateFacts> issuers = path.Chain.Skip(1).Append(path.AnchorFacts);
        return path.Chain.Zip(issuers).Any(p => lists.Any(l => l.IsFrom(p.Second) && !l.Clears(p.First, p.Second, now)));
    }

    // The platform gets exactly this path and nothing to choose from. Its top is an anchor because we say so, whoever else has
    // signed it: the flag lets the path end there, and every status but that one is looked at below.
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
        policy.VerificationTime = TimeFor(path, now).UtcDateTime;
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;

        try
        {
            bool good = chain.Build(path.Chain[0].Certificate);
            return good && IsThisPath(chain, path) && HasNoOtherFault(chain) ? ServerRefusal.None : Reason(chain);
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    // The dates have been checked, and their last second is valid; OpenSSL ends one second earlier.
    private static DateTimeOffset TimeFor(CandidatePath path, DateTimeOffset now)
    {
        DateTimeOffset end = path.Chain.Append(path.AnchorFacts).Min(c => c.NotAfter).AddSeconds(-1);
        return now < end ? now : end;
    }

    private static bool IsThisPath(X509Chain chain, CandidatePath path)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> expected = [.. path.Chain.Select(c => c.Raw), path.AnchorFacts.Raw];
        return chain.ChainElements.Count == expected.Count
            && chain.ChainElements.Zip(expected).All(p => CertificateFacts.Same(p.First.Certificate.RawDataMemory, p.Second));
    }

    // The flag also forgives an untrusted root and what is wrong below it.
    private static bool HasNoOtherFault(X509Chain chain)
    {
        int top = chain.ChainElements.Count - 1;
        return !chain
            .ChainElements.SelectMany((element, at) => element.ChainElementStatus.Select(s => (s.Status, at)))
            .Any(s => s.Status is not X509ChainStatusFlags.PartialChain || s.at != top);
    }

    private static ServerRefusal Reason(X509Chain chain)
    {
        X509ChainStatusFlags all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (sum, s) => sum | s.Status);
        // Where the signature does not fit, the platform does not even see an issuer.
        const X509ChainStatusFlags NoIssuer =
            X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        if ((all & ~NoIssuer) == 0)
            return ServerRefusal.BadSignature;
        return (all & X509ChainStatusFlags.NotValidForUsage) != 0 ? ServerRefusal.NotForServers : ServerRefusal.InvalidPath;
    }
}
