using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>Moves the CAs from one generation to the next, one atomic step at a time.</summary>
/// <remarks>
/// A step is decided on the stored CAs and saved only if those have not changed meanwhile; else it is decided again. So a
/// retry, or a second Controller, finds it done.
/// </remarks>
internal sealed class Rotation(
    AuthorityKeys keys, IAuthorityStore store, CaFactory factory, IFleetCensus census, TimeProvider clock)
{
    private const int Tries = 5;

    /// <param name="step">What to do.</param>
    /// <param name="force">Retire although Services will be locked out until they are enrolled again.</param>
    /// <param name="cancel">Stops waiting; a step that was saved stays done.</param>
    public async Task<StepOutcome> RunAsync(RotationStep step, bool force, CancellationToken cancel)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (await keys.ReloadAsync(cancel) is { } fault)
                return new StepOutcome(StepResult.Refused, fault);

            CaSnapshot now = keys.Current;
            RotationPlan plan = await PlanAsync(step, force, now, cancel);
            if (plan.Changes.Count == 0)
                return plan.Outcome;
            if (!await store.TrySaveAsync(plan.Changes, now.Version, cancel))
                continue;

            // Saved is done, whatever happens to the caller from here on.
            await keys.ReloadAsync(CancellationToken.None);
            return plan.Outcome;
        }

        return new StepOutcome(StepResult.Refused, "the CAs are being changed by others without pause: try again in a minute");
    }

    public async Task<RotationStatus> StatusAsync(CancellationToken cancel)
    {
        await keys.ReloadAsync(cancel); // when that fails, the present CAs are what counts here
        CaSnapshot now = keys.Current;
        CaSet set = now.Set;
        LiveCa? next = now.Roots.SingleOrDefault(ca => ca.Id == set.NextRoot?.Id);
        LiveCa? former = now.Roots.SingleOrDefault(ca => ca.Id == set.RetiringRoot?.Id);
        List<RetiringCa> retiring = [];
        foreach (LiveCa ca in now.Accepted.Where(ca => ca.Record.State == CaState.Retiring))
            retiring.Add(new RetiringCa(ca.Id, ca.Certificate.Subject, ca.NotAfter, await census.LivingUnderAsync(ca.Id, cancel)));

        CertificateFingerprint anchor = CertificateFingerprint.Of(now.Anchor);
        return new RotationStatus
        {
            Root = set switch
            {
                { NextRoot.State: CaState.Prepared } => RotationPhase.Prepared,
                { NextRoot.State: CaState.Distributing } => RotationPhase.Distributing,
                { RetiringRoot: not null } => RotationPhase.Activated,
                _ => RotationPhase.AtRest,
            },
            Issuing = set.NextRoot is null && set.NextIssuing is not null ? RotationPhase.Prepared
                : retiring.Count > 0 ? RotationPhase.Activated
                : RotationPhase.AtRest,
            ActiveRoot = anchor,
            NextRoot = next?.Fingerprint,
            FormerRoot = former?.Fingerprint,
            Trusting = await census.TrustingAsync(next?.Fingerprint ?? anchor, cancel),
            Retiring = retiring,
            IssuingEnds = now.Issuing.NotAfter,
            IssuingIsDue = clock.GetUtcNow() > now.Issuing.NotAfter - Lifetimes.IssuingReserve,
        };
    }

    private async Task<RotationPlan> PlanAsync(RotationStep step, bool force, CaSnapshot now, CancellationToken cancel) => step switch
    {
        RotationStep.RetireIssuing => await RetireIssuingAsync(force, now, cancel),
        RotationStep.RetireRoot => await RetireRootAsync(force, now, cancel),
        _ => RotationPlan.Of(step, now, factory, clock.GetUtcNow()),
    };

    private async Task<RotationPlan> RetireIssuingAsync(bool force, CaSnapshot now, CancellationToken cancel)
    {
        CaSet set = now.Set;
        if (set.RetiringRoot is not null)
            return RotationPlan.Refuse("a hand-over of the root is under way: its former issuing CA is retired together with the former root");

        CaRecord[] retiring = [.. set.RetiringIssuing];
        if (retiring.Length == 0)
        {
            return set.Records.Any(ca => ca.Role != CaRole.Root && ca.State == CaState.Retired)
                ? RotationPlan.Already("no former issuing CA is accepted any more")
                : RotationPlan.Refuse("there is no former issuing CA: prepare and activate a new one first");
        }

        int living = await LivingAsync(retiring, cancel);
        if (living > 0 && !force)
            return RotationPlan.Refuse(StillLiving(living));
        return RotationPlan.Done(
            "the former issuing CA is retired, and its key is destroyed",
            [.. retiring.Select(ca => RotationPlan.Retire(ca, clock.GetUtcNow()))]);
    }

    private async Task<RotationPlan> RetireRootAsync(bool force, CaSnapshot now, CancellationToken cancel)
    {
        CaSet set = now.Set;
        if (set.RetiringRoot is not { } former)
        {
            return set.NextRoot is null && set.Records.Any(ca => ca is { Role: CaRole.Root, State: CaState.Retired, Activated: not null })
                ? RotationPlan.Already("no former root is trusted any more")
                : RotationPlan.Refuse("there is no former root: prepare, distribute and activate a new one first");
        }

        // Not the ones of the new root: the issuing CA may have been rotated in the meantime.
        CaRecord[] below = [.. set.RetiringIssuing.Where(ca => ca.ParentId == former.Id)];
        Coverage trusting = await census.TrustingAsync(CertificateFingerprint.Of(now.Anchor), cancel);
        if (trusting.Missing > 0 && !force)
        {
            return RotationPlan.Refuse($"{trusting.Missing} of {trusting.Total} Services do not trust the new root yet, and could not "
                + "verify this Controller: wait until they have connected, or force it and enroll them again");
        }

        int living = await LivingAsync(below, cancel);
        if (living > 0 && !force)
            return RotationPlan.Refuse(StillLiving(living));
        return RotationPlan.Done(
            "the former root and its issuing CAs are retired, and their keys are destroyed",
            [.. below.Prepend(former).Select(ca => RotationPlan.Retire(ca, clock.GetUtcNow()))]);
    }

    private async Task<int> LivingAsync(CaRecord[] cas, CancellationToken cancel)
    {
        int living = 0;
        foreach (CaRecord ca in cas)
            living += await census.LivingUnderAsync(ca.Id, cancel);
        return living;
    }

    private static string StillLiving(int living) =>
        $"{living} Services still have a certificate of the former issuing CA, and would be refused: wait until they have renewed, "
        + "or force it and enroll them again";
}
