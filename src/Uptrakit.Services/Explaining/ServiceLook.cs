using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Explain;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Anchors;

namespace Uptrakit.Services.Explaining;

/// <summary>A look at the Controller as a run would meet it: by the same terms, anchors and policy.</summary>
internal sealed class ServiceLook(ServiceOptions options, TrustTerms terms, ServiceEnvironment environment, NativeRoots native)
{
    /// <summary>The report, and the exit code that a run would end with or 0; without a report, the reason is told already.</summary>
    public async Task<(ExplainReport? Report, ExitCode Exit)> AtAsync(CancellationToken cancel)
    {
        (CertificateBundle? pki, ExitCode exit) = await PkiAsync(cancel);
        if (exit is not ExitCode.Done)
            return (null, exit);

        Explainer explainer = new(environment.Clock, native);
        ExplainReport? report = null;
        foreach (ControllerAddress address in terms.Addresses)
        {
            report = await explainer.ExplainAsync(Request(address, pki), cancel);
            if (report.Unreachable is null)
                break;
        }

        return (report, ExitOf(report));
    }

    // Who is not there, or not ready, is asked again by a run.
    private static ExitCode ExitOf(ExplainReport? report) => report?.Decision?.Accepted switch
    {
        true => ExitCode.Done,
        false => ExitCode.TrustRefused,
        _ => ExitCode.Unreachable,
    };

    /// <summary>The bundle of <c>--pki-addr</c>, fetched as a run fetches it.</summary>
    private async Task<(CertificateBundle? Bundle, ExitCode Exit)> PkiAsync(CancellationToken cancel)
    {
        if (options.PkiAddress is not { } address)
            return (null, ExitCode.Done);
        ContactRequest request = OperatorRoots.ToPki(OperatorRoots.Of(options, native), terms.Stored);
        switch (await new FirstContact(environment.Clock).EstablishAsync(address, request, cancel))
        {
            case ContactOutcome.Established met:
                return (met.Trust.Bundle, ExitCode.Done);
            case ContactOutcome.Refused refused:
                return Failed(ExitCode.TrustRefused, $"the bundle at {address} (--pki-addr) is not used: {refused.Words}");
            case ContactOutcome.Unreachable unreachable:
                return Failed(ExitCode.Unreachable, $"the bundle at {address} (--pki-addr) is not used: {unreachable.Words}");
            default:
                return (null, ExitCode.Unreachable);
        }
    }

    // What is stored is enough to go on with.
    private (CertificateBundle? Bundle, ExitCode Exit) Failed(ExitCode exit, string words)
    {
        if (terms.Stored is null)
            return (null, (ExitCode)environment.Terminal.Fail(exit, words));
        environment.Terminal.Say(words);
        return (null, ExitCode.Done);
    }

    private ExplainRequest Request(ControllerAddress address, CertificateBundle? pki)
    {
        // What is stored is not used in insecure-tofu, but what it would decide is told.
        StoredTrust? stored = terms.IsStateless ? null : terms.Stored;
        TrustAnchors roots = OperatorRoots.Of(options, native);
        return new ExplainRequest
        {
            Address = address,
            Trust = terms.How,
            Stored = terms.Stored?.Bundle,
            Known = stored is null ? null : new ControllerTrust(terms.How, stored, pki is null ? roots : roots.WithBundle(pki)).Policy,
            AfterHandOver = stored is null || !terms.IsEnrolled ? null : (bundle, evidence) => HandOverRecovery.PolicyAfter(terms.How, stored, bundle, evidence),
            Contradiction = terms.FaultOfOrigin
                ?? (terms.Mismatch is { } mismatch ? $"{terms.MismatchWords}; demanded {mismatch.Demanded}, stored {mismatch.Stored}" : null),
            CaFile = options.CaFile,
            PkiBundle = pki,
            PublicRoots = options.PublicRoots,
            NativeRoots = options.NativeRoots,
            KeepsBundle = true,
            InBundle = terms.IsStateless ? null : terms.InBundle,
            OtherFingerprint = options.Token?.Pin ?? terms.Stored?.Pin,
            OtherSpki = terms.Stored?.MatchedSpki,
        };
    }
}
