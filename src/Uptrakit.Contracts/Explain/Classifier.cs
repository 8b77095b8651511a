using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>Tells why a server is refused. What rests on signatures comes before what rests on looks.</summary>
internal sealed class Classifier(
    ExplainRequest request,
    Observation seen,
    Modes modes,
    NativeRoots native,
    TimeProvider clock,
    DateTimeOffset? serverTime
)
{
    private static readonly TimeSpan ClocksAgree = TimeSpan.FromMinutes(5);

    public MismatchCause Of(ExplainedDecision decision)
    {
        if (request.Contradiction is not null)
            return MismatchCause.Contradiction;
        // With insecure-tofu everyone is accepted, which says nothing; a pin that is at hand does.
        if (decision.Rule is ServerRule.Unverified)
            return modes.Pin() is PinResult.IsTheServer or PinResult.IssuedTheServer ? MismatchCause.None : MismatchCause.Unknown;
        if (decision.Accepted is true)
            return MismatchCause.None;
        if (OnlyTheDates())
            return ClocksDiffer ? MismatchCause.Clock : MismatchCause.Ended;
        if (decision.Refusal is ServerRefusal.NameMismatch && KnownRegardlessOfName())
            return MismatchCause.Name;
        if (WasHandedOver())
            return MismatchCause.HandedOver;
        return ByRoots() ?? ByLooks();
    }

    private bool ClocksDiffer => serverTime is { } theirs && (theirs - clock.GetUtcNow()).Duration() > ClocksAgree;

    // The times at which all that was sent may be valid together: the middle of the leaf's, and what the server says it is.
    private bool OnlyTheDates()
    {
        DateTimeOffset from = new(seen.Server.Leaf.NotBefore.ToUniversalTime());
        DateTimeOffset until = new(seen.Server.Leaf.NotAfter.ToUniversalTime());
        return modes.WouldAcceptAt(from + ((until - from) / 2)) || (serverTime is { } theirs && modes.WouldAcceptAt(theirs));
    }

    private bool KnownRegardlessOfName() =>
        Known() is { } known
        && seen.IsAcceptedBy(ServerPolicy.Anchored(TrustAnchors.None.WithBundle(known), enforceName: false), clock);

    private CertificateBundle? Known()
    {
        if (request.Stored is not null || request.CaFile is not null)
            return CertificateBundle.Of([.. request.Stored?.Certificates ?? [], .. request.CaFile?.Certificates ?? []]);
        List<X509Certificate2> pinned = [.. seen.Everything.Where(modes.IsPinned)];
        return pinned.Count > 0 ? CertificateBundle.Of(pinned) : null;
    }

    // The evidence leads from what is known to the served bundle, and that bundle is the server's own.
    private bool WasHandedOver() =>
        seen.Bundle is { } bundle && IsServersOwn(bundle) && HandOverProof.Leads(IsKnown, seen.HandOver.Certificates, bundle);

    private bool IsKnown(X509Certificate2 certificate) =>
        modes.IsPinned(certificate) || request.Stored?.Find(CertificateFingerprint.Of(certificate)) is not null;

    private bool IsServersOwn(CertificateBundle bundle) =>
        seen.IsAcceptedBy(
            ServerPolicy.Anchored(TrustAnchors.None.WithBundle(bundle), enforceName: !request.Trust.SkipHostname),
            clock
        );

    private MismatchCause? ByRoots()
    {
        bool isPublic = seen.IsAcceptedBy(ServerPolicy.Anchored(TrustAnchors.None.WithPublicRoots()), clock);
        if (isPublic)
            return request.PublicRoots ? null : MismatchCause.RootsNotAskedFor;
        return seen.IsAcceptedBy(ServerPolicy.Anchored(TrustAnchors.None.WithNativeRoots(native)), clock)
            ? MismatchCause.TlsInspection
            : null;
    }

    // From here on an attacker can look like each of these; the words say so, and the next step is the same comparison.
    private MismatchCause ByLooks()
    {
        if (seen.Bundle is not { } bundle || !IsServersOwn(bundle))
            return MismatchCause.Unknown;
        if (request.Stored?.Certificates is not { Count: > 0 } stored)
            return MismatchCause.OtherController;
        return bundle.Certificates.Max(c => c.NotBefore) > stored.Max(c => c.NotBefore)
            ? MismatchCause.Reinstalled
            : MismatchCause.OtherController;
    }
}
