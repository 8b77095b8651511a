using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>Looks at a live server without a secret, and says what each mode decides about it, and why.</summary>
/// <param name="clock">The time now.</param>
/// <param name="native">This machine's roots; they tell an inspecting proxy apart even where they are not trusted.</param>
public sealed class Explainer(TimeProvider clock, NativeRoots native)
{
    /// <summary>Makes one connection that nobody verifies, fetches what is public over it, and explains.</summary>
    /// <param name="request">What is to be explained.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The report; of an unreachable server too.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public async Task<ExplainReport> ExplainAsync(ExplainRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        using BundleFetch fetch = new(request.Address, ServerPolicy.Anyone, clock, request.Deadline);
        FetchOutcome bundle = await fetch.GetAsync(PkiPath.Bundle, cancel);
        ExplainReport report = new()
        {
            Address = request.Address.ToString(),
            Time = clock.GetUtcNow(),
            ServerTime = fetch.ServerTime,
            Mode = request.Trust.Mode,
            NameEnforced = !request.Trust.SkipHostname,
        };
        if (fetch.Seen is not { } server)
            return bundle is FetchOutcome.ServerRefused refused
                ? Unseen(request, report, refused.Verdict)
                : report with { Unreachable = Observation.WordsOf(bundle) };

        CertificateBundle handOver = await fetch.GetAsync(PkiPath.HandOver, cancel) is FetchOutcome.Got evidence
            ? evidence.Bundle
            : CertificateBundle.Empty;
        return Explain(request, report, new Observation(server, bundle, handOver, request.Address.Host));
    }

    private ExplainReport Explain(ExplainRequest request, ExplainReport report, Observation seen)
    {
        Modes modes = new(request, seen, native, clock);
        ExplainedDecision decision = modes.Decide();
        MismatchCause cause = new Classifier(request, seen, modes, native, clock, report.ServerTime).Of(decision);
        return report with
        {
            Chain = [.. seen.Server.Presented.Prepend(seen.Server.Leaf).Select(ExplainedCertificate.Of)],
            NameMatches = ServerVerifier.HasName(seen.Server.Leaf, seen.Host),
            ServedBundle = [.. (seen.Bundle?.Certificates ?? []).Select(ExplainedCertificate.Of)],
            BundleFault = seen.BundleFault,
            Decision = decision,
            Others = modes.Others(),
            Pin = modes.Pin(),
            Cause = cause,
            CauseWords = CauseWords.Of(cause),
            NextStep = CauseWords.NextStep(cause),
        };
    }

    // There was no handshake, so there is nothing to look at; that it was refused is an answer all the same.
    private static ExplainReport Unseen(ExplainRequest request, ExplainReport report, ServerVerdict verdict) =>
        report with
        {
            Decision = Modes.Decision(request.Trust.Mode, "TLS", verdict) with { Configured = true },
            Cause = MismatchCause.Unknown,
            CauseWords = CauseWords.Of(MismatchCause.Unknown),
            NextStep = CauseWords.NextStep(MismatchCause.Unknown),
        };
}
