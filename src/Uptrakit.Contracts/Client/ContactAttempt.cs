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

    // The bundle comes over the connection that is verified already: nothing of it is needed to verify.
    public Task<ContactOutcome> BySystemAsync() => VerifiedAsync(ServerPolicy.Anchored(request.Roots), static (_, _) => true);

    public async Task<ContactOutcome> ByFingerprintAsync(CertificateFingerprint pin)
    {
        (FetchOutcome fetched, _) = await ProvisionalAsync();
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);
        // One certificate names itself by its hash. Whatever else is in the bundle may be stuffed in.
        if (got.Bundle.Find(pin) is not { } pinned)
            return new ContactOutcome.Refused(
                ContactRefusal.Pin,
                ContactWords.NoPinnedCertificate,
                Observed: FirstOf(got.Bundle)
            );

        ServerPolicy policy = ServerPolicy.Stored(CertificateBundle.Of([pinned]), request.Roots, EnforceName);
        return await VerifiedAsync(policy, (bundle, _) => bundle.Find(pin) is not null);
    }

    public async Task<ContactOutcome> ByKeyAsync(SpkiFingerprint pin)
    {
        (FetchOutcome fetched, SeenServer? seen) = await ProvisionalAsync();
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);

        List<X509Certificate2> pinned = [.. got.Bundle.Certificates.Concat(seen?.Presented ?? []).Where(c => HasKey(c, pin))];
        bool leaf = seen is not null && HasKey(seen.Leaf, pin);
        if (pinned.Count == 0 && !leaf)
            return new ContactOutcome.Refused(ContactRefusal.Pin, ContactWords.NoPinnedKey, Observed: FirstOf(got.Bundle));

        ServerPolicy policy = ServerPolicy
            .PinnedKey(pin, CertificateBundle.Of(pinned), EnforceName)
            .Or(ServerPolicy.Anchored(request.Roots));
        return await VerifiedAsync(
            policy,
            (bundle, verified) =>
                verified.Rule is not ServerRule.Anchor
                || HasKey(verified.Seen.Leaf, pin)
                || bundle.Certificates.Any(c => HasKey(c, pin))
        );
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

    public Task<ContactOutcome> ByNothingAsync() => VerifiedAsync(ServerPolicy.Anyone, static (_, _) => true);

    private async Task<(FetchOutcome Fetched, SeenServer? Seen)> ProvisionalAsync()
    {
        using BundleFetch fetch = new(address, ServerPolicy.Anyone, clock, request.Deadline);
        return (await fetch.GetAsync(PkiPath.Bundle, cancel), fetch.Seen);
    }

    private async Task<ContactOutcome> VerifiedAsync(ServerPolicy policy, Func<CertificateBundle, Verified, bool> holdsPin)
    {
        using BundleFetch fetch = new(address, policy, clock, request.Deadline);
        FetchOutcome fetched = await fetch.GetAsync(PkiPath.Bundle, cancel);
        if (fetched is not FetchOutcome.Got got)
            return OutcomeOf(fetched);
        if (fetch is not { Seen: { Key: { } key } seen, Verdict: { Accepted: true } verdict })
            return new ContactOutcome.Refused(ContactRefusal.Server, ServerVerdict.Refuse(ServerRefusal.NoLeaf).Message);
        if (!holdsPin(got.Bundle, new Verified(seen, verdict.Rule)))
            return new ContactOutcome.Refused(ContactRefusal.Pin, ContactWords.VerifiedWithoutPin);

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

    private static ContactOutcome OutcomeOf(FetchOutcome fetched) =>
        fetched switch
        {
            FetchOutcome.ServerRefused refused => new ContactOutcome.Refused(
                ContactRefusal.Server,
                refused.Verdict.Message,
                refused.Verdict
            ),
            FetchOutcome.BadBundle bad => new ContactOutcome.Refused(ContactRefusal.Bundle, bad.Words),
            FetchOutcome.Absent => new ContactOutcome.Refused(ContactRefusal.Bundle, ContactWords.NoBundle),
            FetchOutcome.Unreachable unreachable => new ContactOutcome.Unreachable(unreachable.Words),
            _ => throw new InvalidOperationException($"{fetched.GetType().Name} is no failure"),
        };

    private static CertificateFingerprint? FirstOf(CertificateBundle bundle) => CertificateFingerprint.Of(bundle.Certificates[0]);

    private static bool HasKey(X509Certificate2 certificate, SpkiFingerprint pin) =>
        SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) && key.Matches(pin);

    private sealed record Verified(SeenServer Seen, ServerRule Rule);
}
