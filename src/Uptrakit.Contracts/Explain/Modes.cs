using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>Asks every mode about what was observed.</summary>
internal sealed class Modes(ExplainRequest request, Observation seen, NativeRoots native, TimeProvider clock)
{
    private readonly bool enforce = !request.Trust.SkipHostname;

    private CertificateFingerprint? Fingerprint => request.Trust.Fingerprint ?? request.OtherFingerprint;

    private SpkiFingerprint? Spki => request.Trust.Spki ?? request.OtherSpki;

    /// <summary>The roots of others that are asked for.</summary>
    public TrustAnchors Roots
    {
        get
        {
            TrustAnchors roots = request.CaFile is { } file ? TrustAnchors.None.WithCaFile(file) : TrustAnchors.None;
            roots = request.PkiBundle is { } pki ? roots.WithBundle(pki) : roots;
            roots = request.PublicRoots ? roots.WithPublicRoots() : roots;
            return request.NativeRoots ? roots.WithNativeRoots(native) : roots;
        }
    }

    /// <summary>What is decided as it is configured: by what is stored when something is, as on every later run.</summary>
    public ExplainedDecision Decide()
    {
        if (request.Contradiction is { } words)
            return Untold(request.Trust.Mode, "what is stored", accepted: false, words) with { Configured = true };
        ExplainedDecision decision = Configured(clock);
        return decision.Accepted is false && ByHandOver() is { } followed ? followed : decision;
    }

    /// <summary>The same with nothing but the configured dates changed: would it be accepted at another time?</summary>
    public bool WouldAcceptAt(DateTimeOffset time) => Configured(new StoppedClock(time)).Accepted is true;

    public IReadOnlyList<ExplainedDecision> Others()
    {
        List<ExplainedDecision> others = [];
        if (request.Stored is { } stored && request.Trust.Mode is not TrustMode.System)
            others.Add(Decision(TrustMode.System, "stored bundle", ServerPolicy.Anchored(TrustAnchors.None.WithBundle(stored))));
        if (!request.PublicRoots)
            others.Add(Decision(TrustMode.System, "public roots", ServerPolicy.Anchored(TrustAnchors.None.WithPublicRoots())));
        if (!request.NativeRoots)
            others.Add(
                Decision(
                    TrustMode.System,
                    "this machine's roots",
                    ServerPolicy.Anchored(TrustAnchors.None.WithNativeRoots(native))
                )
            );
        if (request.Trust.Mode is not TrustMode.PinFingerprint || request.Stored is not null)
            others.Add(
                Fingerprint is { } pin
                    ? First(TrustMode.PinFingerprint, pin.ToString(), ByFingerprint(pin, Roots), clock)
                    : NoPin(TrustMode.PinFingerprint)
            );
        if (request.Trust.Mode is not TrustMode.PinSpki || request.Stored is not null)
            others.Add(
                Spki is { } key
                    ? First(TrustMode.PinSpki, key.ToString(), ByKey(key, Roots), clock)
                    : NoPin(TrustMode.PinSpki)
            );
        if (request.Trust.Mode is not TrustMode.Insecure)
            others.Add(First(TrustMode.Insecure, "nothing", ContactTerms.Nothing, clock));
        return others;
    }

    public PinResult Pin()
    {
        if (Fingerprint is null && Spki is null)
            return PinResult.NoPin;
        if (Spki is { } pinned && ContactTerms.HasKey(seen.Server.Leaf, pinned))
            return PinResult.IsTheServer;
        // Without the roots of others: what they vouch for, the pin has not issued.
        ContactTerms? own = Fingerprint is { } pin ? ByFingerprint(pin, TrustAnchors.None) : ByKey(Spki!, TrustAnchors.None);
        if (own is not null && seen.IsAcceptedBy(own.Policy, clock))
            return PinResult.IssuedTheServer;
        return seen.Everything.Any(IsPinned) ? PinResult.ServedOnly : PinResult.Absent;
    }

    public bool IsPinned(X509Certificate2 certificate) =>
        (Fingerprint is { } pin && CertificateFingerprint.Of(certificate).Matches(pin))
        || (Spki is { } key && ContactTerms.HasKey(certificate, key));

    private ContactTerms? ByFingerprint(CertificateFingerprint pin, TrustAnchors roots) =>
        ContactTerms.Fingerprint(pin, Served, roots, enforce);

    private ContactTerms? ByKey(SpkiFingerprint pin, TrustAnchors roots) =>
        ContactTerms.Key(pin, Served, seen.Server, roots, enforce);

    private CertificateBundle Served => seen.Bundle ?? CertificateBundle.Empty;

    private ExplainedDecision Configured(TimeProvider at)
    {
        ServerTrust trust = request.Trust;
        ExplainedDecision decision = trust.Mode switch
        {
            TrustMode.Insecure => First(trust.Mode, "nothing", ContactTerms.Nothing, at),
            _ when request.Stored is { } stored => Decision(
                trust.Mode,
                "stored bundle",
                seen.Under(request.Known ?? ServerPolicy.Stored(stored, Roots, enforce), at)
            ),
            TrustMode.PinFingerprint => First(trust.Mode, $"{trust.Fingerprint}", ByFingerprint(trust.Fingerprint!, Roots), at),
            TrustMode.PinSpki => First(trust.Mode, $"{trust.Spki}", ByKey(trust.Spki!, Roots), at),
            _ => First(trust.Mode, request.CaFile is not null ? "CA file" : "roots", ContactTerms.System(Roots), at),
        };
        return decision with { Configured = true };
    }

    /// <summary>A first contact: the server, then what its bundle must hold. Null terms: nothing that is pinned is to be seen.</summary>
    private ExplainedDecision First(TrustMode mode, string with, ContactTerms? terms, TimeProvider at)
    {
        // Where something is pinned the bundle is looked at first, for it tells by what the server is judged.
        if (mode is not TrustMode.System && NoBundle(mode, with) is { } nothing)
            return nothing;
        if (terms is null)
            return Decision(mode, with, ServerVerdict.Refuse(ServerRefusal.PinMismatch));
        ServerVerdict verdict = seen.Under(terms.Policy, at);
        if (!verdict.Accepted)
            return Decision(mode, with, verdict);
        if (NoBundle(mode, with) is { } none)
            return none;
        bool holds =
            terms.HoldsPin(Served, seen.Server.Leaf, verdict.Rule)
            && (request.InBundle is not { } demanded || Served.Find(demanded) is not null);
        return holds
            ? Decision(mode, with, verdict)
            : Untold(mode, with, accepted: false, ContactWords.VerifiedWithoutPin) with
            {
                Refusal = ServerRefusal.PinMismatch,
            };
    }

    // A server that is not ready is asked again, one that has no bundle is refused: at first contact, and each time where
    // nothing is kept of it.
    private ExplainedDecision? NoBundle(TrustMode mode, string with) =>
        request.KeepsBundle
        && (request.Stored is null || mode is TrustMode.Insecure)
        && seen.BundleFault is { } fault
            ? Untold(mode, with, seen.IsReady ? false : null, fault)
            : null;

    private ExplainedDecision? ByHandOver()
    {
        if (seen.Bundle is not { } bundle || request.AfterHandOver?.Invoke(bundle, seen.HandOver) is not { } policy)
            return null;
        ServerVerdict verdict = seen.Under(policy, clock);
        return verdict.Accepted
            ? Decision(request.Trust.Mode, "stored bundle", verdict) with
            {
                Configured = true,
                Words = "the stored authority vouches by its signature for the one that replaced it, and the server's certificate "
                    + "chains to that one",
            }
            : null;
    }

    public static ExplainedDecision Decision(TrustMode mode, string with, ServerVerdict told) =>
        new(
            mode,
            with,
            false,
            told.Accepted,
            told.Rule,
            told.Refusal,
            told.Message,
            told.Anchor is { } anchor ? ExplainedCertificate.Of(anchor.Certificate) : null,
            told.Anchor?.Source
        );

    private ExplainedDecision Decision(TrustMode mode, string with, ServerPolicy policy) =>
        Decision(mode, with, seen.Under(policy, clock));

    private static ExplainedDecision Untold(TrustMode mode, string with, bool? accepted, string words) =>
        new(mode, with, false, accepted, ServerRule.None, ServerRefusal.None, words, null, null);

    private static ExplainedDecision NoPin(TrustMode mode) => Untold(mode, "no pin", null, "there is no pin to compare with");
}
