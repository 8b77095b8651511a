using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>One first contact, in one of the modes.</summary>
internal sealed class ContactAttempt(
    TimeProvider clock,
    ControllerAddress address,
    ContactRequest request,
    CancellationToken cancel
)
{
    private bool EnforceName => !request.Trust.SkipHostname;

    public Task<ContactOutcome> BySystemAsync() => VerifiedAsync(ContactTerms.System(request.Roots));

    public async Task<ContactOutcome> ByFingerprintAsync(CertificateFingerprint pin)
    {
        (FetchOutcome fetched, _) = await ProvisionalAsync();
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);
        return ContactTerms.Fingerprint(pin, got.Bundle, request.Roots, EnforceName) is { } terms
            ? await VerifiedAsync(terms)
            : new ContactOutcome.Refused(ContactRefusal.Pin, ContactWords.NoPinnedCertificate, Observed: got.Bundle.Certificates[0]);
    }

    public async Task<ContactOutcome> ByKeyAsync(SpkiFingerprint pin)
    {
        (FetchOutcome fetched, SeenServer? seen) = await ProvisionalAsync();
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);
        return ContactTerms.Key(pin, got.Bundle, seen, request.Roots, EnforceName) is { } terms
            ? await VerifiedAsync(terms)
            : new ContactOutcome.Refused(ContactRefusal.Pin, ContactWords.NoPinnedKey, Observed: got.Bundle.Certificates[0]);
    }

    public async Task<ContactOutcome> ByAcknowledgementAsync(CertificateFingerprint acknowledged)
    {
        ContactOutcome outcome = await ByFingerprintAsync(acknowledged);
        return outcome is ContactOutcome.Refused { Why: ContactRefusal.Pin } refused
            ? refused with
            {
                Why = ContactRefusal.Acknowledgement,
                Words = ContactWords.OtherThanAcknowledged,
            }
            : outcome;
    }

    public Task<ContactOutcome> ByNothingAsync() => VerifiedAsync(ContactTerms.Nothing);

    private async Task<(FetchOutcome Fetched, SeenServer? Seen)> ProvisionalAsync()
    {
        using BundleFetch fetch = new(address, ServerPolicy.Anyone, clock, request.Deadline);
        return (await fetch.GetAsync(PkiPath.Bundle, cancel), fetch.Seen);
    }

    private async Task<ContactOutcome> VerifiedAsync(ContactTerms terms)
    {
        using BundleFetch fetch = new(address, terms.Policy, clock, request.Deadline);
        FetchOutcome fetched = await fetch.GetAsync(PkiPath.Bundle, cancel);
        if (fetched is FetchOutcome.ServerRefused && fetch.Seen is { } stranger)
            return OutcomeOf(fetched, IssuerOf(stranger));
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);
        if (fetch is not { Seen: { Key: { } key } seen, Verdict: { Accepted: true } verdict })
            return new ContactOutcome.Refused(ContactRefusal.Server, ServerVerdict.Refuse(ServerRefusal.NoLeaf).Message);
        if (!terms.HoldsPin(got.Bundle, seen.Leaf, verdict.Rule))
            return new ContactOutcome.Refused(ContactRefusal.Pin, ContactWords.VerifiedWithoutPin, Observed: got.Bundle.Certificates[0]);

        FetchOutcome evidence = await fetch.GetAsync(PkiPath.HandOver, cancel);
        if (evidence is not (FetchOutcome.Got or FetchOutcome.Absent or FetchOutcome.BadBundle))
            return OutcomeOf(evidence);
        return new ContactOutcome.Established(
            new EstablishedTrust
            {
                Bundle = got.Bundle,
                HandOver = evidence is FetchOutcome.Got handOver ? handOver.Bundle : CertificateBundle.Empty,
                Anchor = seen.Anchor?.Certificate,
                AnchorSource = seen.Anchor?.Source,
                How = request.Trust,
                Rule = verdict.Rule,
                MatchedSpki = request.Trust.Spki,
                ServerKey = key,
                // The roots of others are never believed about another name.
                ServerNameEnforced = EnforceName || seen.Anchor is { Source: not AnchorSource.Bundle },
                LaterVerdict = Later(got.Bundle, seen),
            }
        );
    }

    private ServerVerdict Later(CertificateBundle bundle, SeenServer seen) =>
        ServerPolicy
            .Stored(bundle, request.Roots, EnforceName)
            .Judge(new ServerVerifier(clock), seen.Leaf, seen.Presented, address.Host);

    // By what it showed itself: who is refused is to be named by what really vouches for him, whatever bundle he relays.
    private X509Certificate2 IssuerOf(SeenServer stranger)
    {
        TrustAnchors shown = TrustAnchors.None.WithBundle(CertificateBundle.Of(stranger.Presented));
        ServerVerdict verdict = ServerPolicy
            .Anchored(shown, enforceName: false)
            .Judge(new ServerVerifier(clock), stranger.Leaf, stranger.Presented, address.Host);
        return verdict.Anchor?.Certificate ?? stranger.Leaf;
    }

    private static ContactOutcome OutcomeOf(FetchOutcome fetched, X509Certificate2? observed = null) =>
        fetched switch
        {
            FetchOutcome.ServerRefused refused => new ContactOutcome.Refused(
                ContactRefusal.Server,
                refused.Verdict.Message,
                refused.Verdict,
                observed
            ),
            FetchOutcome.BadBundle bad => new ContactOutcome.Refused(ContactRefusal.Bundle, bad.Words),
            FetchOutcome.Absent => new ContactOutcome.Refused(ContactRefusal.Bundle, ContactWords.NoBundle),
            FetchOutcome.Unreachable unreachable => new ContactOutcome.Unreachable(unreachable.Words),
            _ => throw new InvalidOperationException($"{fetched.GetType().Name} is no failure"),
        };
}
