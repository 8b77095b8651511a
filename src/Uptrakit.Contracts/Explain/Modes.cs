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
            roots = request.PublicRoots ? roots.WithPublicRoots() : roots;
            return request.NativeRoots ? roots.WithNativeRoots(native) : roots;
        }
    }

    /// <summary>What is decided as it is configured: by what is stored when something is, as on every later run.</summary>
    public ServerPolicy Configured =>
        request.Trust.Mode switch
        {
            TrustMode.Insecure => ServerPolicy.Anyone,
            _ when request.Stored is { } stored => ServerPolicy.Stored(stored, Roots, enforce),
            TrustMode.PinFingerprint => ByFingerprint(request.Trust.Fingerprint!),
            TrustMode.PinSpki => ServerPolicy
                .PinnedKey(request.Trust.Spki!, seen.Bundle, enforce)
                .Or(ServerPolicy.Anchored(Roots)),
            _ => ServerPolicy.Anchored(Roots),
        };

    /// <summary>The same with nothing but the configured dates changed: would it be accepted at another time?</summary>
    public bool WouldAcceptAt(DateTimeOffset time) => seen.IsAcceptedBy(Configured, new StoppedClock(time));

    public ExplainedDecision Decide() => Decision(request.Trust.Mode, WithWords(), Configured, configured: true);

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
                    ? Decision(TrustMode.PinFingerprint, pin.ToString(), ByFingerprint(pin))
                    : NoPin(TrustMode.PinFingerprint)
            );
        if (request.Trust.Mode is not TrustMode.PinSpki || request.Stored is not null)
            others.Add(Spki is { } key ? Decision(TrustMode.PinSpki, key.ToString(), ByKey(key)) : NoPin(TrustMode.PinSpki));
        if (request.Trust.Mode is not TrustMode.Insecure)
            others.Add(Decision(TrustMode.Insecure, "nothing", ServerPolicy.Anyone));
        return others;
    }

    public PinResult Pin()
    {
        if (Fingerprint is null && Spki is null)
            return PinResult.NoPin;
        if (Spki is { } own && HasKey(seen.Server.Leaf, own))
            return PinResult.IsTheServer;
        ServerPolicy policy = Fingerprint is { } pin ? ByFingerprint(pin) : ByKey(Spki!);
        if (seen.IsAcceptedBy(policy, clock))
            return PinResult.IssuedTheServer;
        return seen.Everything.Any(IsPinned) ? PinResult.ServedOnly : PinResult.Absent;
    }

    public bool IsPinned(X509Certificate2 certificate) =>
        (Fingerprint is { } pin && CertificateFingerprint.Of(certificate).Matches(pin))
        || (Spki is { } key && HasKey(certificate, key));

    private static bool HasKey(X509Certificate2 certificate, SpkiFingerprint pin) =>
        SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) && key.Matches(pin);

    private ServerPolicy ByKey(SpkiFingerprint pin) => ServerPolicy.PinnedKey(pin, seen.Bundle, enforce);

    // The one certificate with that hash, wherever the server shows it; without it, nothing.
    private ServerPolicy ByFingerprint(CertificateFingerprint pin) =>
        seen.Bundle?.Find(pin) is { } pinned
            ? ServerPolicy.Stored(CertificateBundle.Of([pinned]), Roots, enforce)
            : ServerPolicy.Anchored(TrustAnchors.None);

    private string WithWords()
    {
        if (request.Stored is not null)
            return "stored bundle";
        if (request.Trust.Mode is TrustMode.System)
            return request.CaFile is not null ? "CA file" : "roots";
        return request.Trust.Fingerprint?.ToString() ?? request.Trust.Spki?.ToString() ?? "nothing";
    }

    private ExplainedDecision Decision(TrustMode mode, string with, ServerPolicy policy, bool configured = false)
    {
        ServerVerdict verdict = seen.Under(policy, clock);
        bool absent = mode is TrustMode.PinFingerprint && verdict.Refusal is ServerRefusal.NoAnchor;
        ServerVerdict told = absent ? ServerVerdict.Refuse(ServerRefusal.PinMismatch) : verdict;
        return new ExplainedDecision(
            mode,
            with,
            configured,
            told.Accepted,
            told.Rule,
            told.Refusal,
            told.Message,
            told.Anchor is { } anchor ? ExplainedCertificate.Of(anchor.Certificate) : null,
            told.Anchor?.Source
        );
    }

    private static ExplainedDecision NoPin(TrustMode mode) =>
        new(mode, "no pin", false, null, ServerRule.None, ServerRefusal.None, "there is no pin to compare with", null, null);
}
