using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Inventory;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Settings;

/// <summary>Global Settings, Certificates: the CAs as operators see them, and the steps of their rotation.</summary>
internal sealed class CertificateSettings(
    AuthorityKeys keys, Rotation rotation, FleetCensus census, ServerCertificate server, CrlPublisher lists, ServeOptions options)
{
    private const int MostMissing = 20;

    public async Task<CertificatesView> ReadAsync(CancellationToken cancel)
    {
        CaSnapshot now = keys.Current;
        CertificateFingerprint anchor = CertificateFingerprint.Of(now.Anchor);
        List<AuthorityView> authorities = [];
        foreach (CaRecord ca in now.Set.Records.OrderBy(OrderOf).ThenBy(static ca => ca.Role).ThenByDescending(static ca => ca.Generation))
            authorities.Add(CertificateViews.Of(ca, await census.LivingUnderAsync(ca.Id, cancel)));
        return new CertificatesView(
            anchor.ToString(), FingerprintWords.Of(anchor), authorities, CertificateViews.Of(server.Current, server.IsOperators),
            await RotationAsync(cancel), options.PkiAddress);
    }

    /// <summary>Takes a rotation one step further.</summary>
    public async Task<RotationAnswer> RotateAsync(RotateCaRequest request, string actor, CancellationToken cancel)
    {
        RotationStatus before = await rotation.StatusAsync(cancel);
        if (RotationSteps.Find(request, before) is not { } step)
            return new RotationAnswer(ProblemCode.Invalid, "kind is issuing or root; step is prepare, distribute (root only), activate, retire or abandon");
        StepOutcome outcome = await AuditActor.ActAsync(actor, () => rotation.RunAsync(step, request.Force, cancel));
        if (outcome.Result == StepResult.Refused)
        {
            bool isRetiring = step is RotationStep.RetireIssuing or RotationStep.RetireRoot;
            bool lacks = before.Trusting.Missing > 0 || before.Retiring.Any(static ca => ca.LivingServices > 0);
            return new RotationAnswer(isRetiring && lacks ? ProblemCode.CoverageIncomplete : ProblemCode.Conflict, outcome.Message);
        }

        lists.Invalidate();
        // Before the answer: who is told that the step is done finds the new certificate at once.
        string? notShown = await server.RefreshAsync(cancel);
        return new RotationAnswer(null, notShown is null ? outcome.Message : $"{outcome.Message}; but the server's certificate stays: {notShown}");
    }

    private async Task<RotationView?> RotationAsync(CancellationToken cancel)
    {
        RotationStatus status = await rotation.StatusAsync(cancel);
        if (status.Root != RotationPhase.AtRest)
            return await RootAsync(status, cancel);
        return status.Issuing == RotationPhase.AtRest ? null : await IssuingAsync(status, cancel);
    }

    private async Task<RotationView> RootAsync(RotationStatus status, CancellationToken cancel)
    {
        CertificateFingerprint wanted = status.NextRoot ?? status.ActiveRoot;
        List<Guid> missing = await census.LackingAsync(wanted, MostMissing, cancel);
        return new RotationView(
            "root", RotationSteps.NameOf(status.Root), RotationSteps.NextAfter(status.Root, isRoot: true), wanted.ToString(),
            status.Trusting.Count, status.Trusting.Total, [.. missing.Select(static id => id.ToString("D"))]);
    }

    private async Task<RotationView> IssuingAsync(RotationStatus status, CancellationToken cancel)
    {
        CaSet set = keys.Current.Set;
        CaRecord next = set.NextIssuing ?? set.ActiveIssuing!;
        List<Guid> missing = [];
        foreach (RetiringCa ca in status.Retiring)
            missing.AddRange(await census.ListLivingUnderAsync(ca.Id, MostMissing - missing.Count, cancel));
        int total = status.Trusting.Total;
        return new RotationView(
            "issuing", RotationSteps.NameOf(status.Issuing), RotationSteps.NextAfter(status.Issuing, isRoot: false),
            CertificateViews.FingerprintOf(next), total - status.Retiring.Sum(static ca => ca.LivingServices), total,
            [.. missing.Select(static id => id.ToString("D"))]);
    }

    private static int OrderOf(CaRecord ca) => ca.State switch
    {
        CaState.Active => 0,
        CaState.Prepared or CaState.Distributing => 1,
        CaState.Retiring => 2,
        _ => 3,
    };
}

/// <param name="Code">Why it was refused; null when it was done.</param>
/// <param name="Message">A sentence for the operator.</param>
internal sealed record RotationAnswer(string? Code, string Message);
