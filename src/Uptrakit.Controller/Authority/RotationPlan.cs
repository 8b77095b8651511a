namespace Uptrakit.Controller.Authority;

/// <summary>What a step would change in a given set of CAs. Decides, and touches nothing.</summary>
internal sealed record RotationPlan(StepOutcome Outcome, IReadOnlyList<CaRecord> Changes)
{
    private const string OwnCaOnly = "the CA was brought with --ca-cert: renew it under the same root, and start the Controller "
        + "with the new files";

    public static RotationPlan Done(string message, params IReadOnlyList<CaRecord> changes) =>
        new(new StepOutcome(StepResult.Done, message), changes);

    public static RotationPlan Already(string message) => new(new StepOutcome(StepResult.AlreadyDone, message), []);

    public static RotationPlan Refuse(string message) => new(new StepOutcome(StepResult.Refused, message), []);

    /// <summary>The steps that need no count; see <see cref="Rotation"/> for the two that retire.</summary>
    public static RotationPlan Of(RotationStep step, CaSnapshot now, CaFactory factory, DateTimeOffset time)
    {
        if (now.Set.ActiveRoot is null)
            return Refuse(OwnCaOnly);
        return step switch
        {
            RotationStep.PrepareIssuing => PrepareIssuing(now, factory),
            RotationStep.ActivateIssuing => ActivateIssuing(now.Set, time),
            RotationStep.PrepareRoot => PrepareRoot(now, factory),
            RotationStep.DistributeRoot => DistributeRoot(now.Set),
            RotationStep.ActivateRoot => ActivateRoot(now.Set, time),
            RotationStep.Abandon => Abandon(now.Set, time),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step that is planned here"),
        };
    }

    /// <summary>Its key is destroyed with this: nobody signs with it again, and nobody has to guard it.</summary>
    public static CaRecord Retire(CaRecord ca, DateTimeOffset time) =>
        ca with { State = CaState.Retired, Retired = time, SealedKey = [] };

    private static RotationPlan PrepareIssuing(CaSnapshot now, CaFactory factory)
    {
        CaSet set = now.Set;
        if (set.NextRoot is not null)
            return Refuse("a hand-over of the root is under way and brings its own issuing CA: activate or abandon it first");
        if (set.NextIssuing is not null)
            return Already("an issuing CA is prepared; activate it next");

        LiveCa root = now.Roots.Single(ca => ca.Id == set.ActiveRoot!.Id);
        LiveCa next = factory.Issuing(set.NextGeneration(CaRole.Issuing), root, CaState.Prepared);
        return Done("a new issuing CA is prepared; activate it next", next.Record);
    }

    private static RotationPlan ActivateIssuing(CaSet set, DateTimeOffset time)
    {
        if (set.NextRoot is not null)
            return Refuse("a hand-over of the root is under way: its issuing CA is activated together with the new root");
        if (set.NextIssuing is not { } next)
        {
            return set.RetiringIssuing.Any()
                ? Already("the new issuing CA is active; retire the former one when no Service lives under it")
                : Refuse("no issuing CA is prepared: prepare one first");
        }

        return Done(
            "the new issuing CA is active; the former one stays accepted until it is retired",
            Activate(next, time), set.ActiveIssuing! with { State = CaState.Retiring });
    }

    private static RotationPlan PrepareRoot(CaSnapshot now, CaFactory factory)
    {
        CaSet set = now.Set;
        if (set.NextRoot is not null)
            return Already("a new root is prepared; distribute it next");
        if (set.RetiringRoot is not null)
            return Refuse("the former root is still trusted: retire it before the next hand-over");
        if (set.NextIssuing is not null)
            return Refuse("a new issuing CA is prepared: activate or abandon it first");

        LiveCa former = now.Roots.Single(ca => ca.Id == set.ActiveRoot!.Id);
        LiveCa root = factory.Root(set.NextGeneration(CaRole.Root), CaState.Prepared);
        LiveCa issuing = factory.Issuing(set.NextGeneration(CaRole.Issuing), root, CaState.Prepared);
        CaRecord crossed = root.Record with { ParentId = former.Id, CrossCertificate = factory.CrossSign(former, root) };
        return Done($"a new root is prepared, with the fingerprint {root.Fingerprint}; distribute it next", crossed, issuing.Record);
    }

    private static RotationPlan DistributeRoot(CaSet set)
    {
        if (set.NextRoot is not { } root)
        {
            return set.RetiringRoot is null
                ? Refuse("no new root is prepared: prepare one first")
                : Already("the new root is active already");
        }

        return root.State == CaState.Distributing
            ? Already("the new root is being distributed; activate it when the Services trust it")
            : Done(
                "the new root is part of the bundle; activate it when the Services trust it",
                root with { State = CaState.Distributing }, set.NextIssuing! with { State = CaState.Distributing });
    }

    // No count is asked for: until the former root is retired, the cross-certificate carries those that trust only that one.
    private static RotationPlan ActivateRoot(CaSet set, DateTimeOffset time)
    {
        if (set.NextRoot is not { } root)
        {
            return set.RetiringRoot is null
                ? Refuse("no new root is prepared: prepare and distribute one first")
                : Already("the new root is active; retire the former one when every Service trusts the new one");
        }

        if (root.State != CaState.Distributing)
            return Refuse("the new root is not part of the bundle yet: distribute it first");
        return Done(
            "the new root is active; the former one stays trusted until it is retired",
            [
                Activate(root, time), set.ActiveRoot! with { State = CaState.Retiring },
                Activate(set.NextIssuing!, time), set.ActiveIssuing! with { State = CaState.Retiring },
            ]);
    }

    private static RotationPlan Abandon(CaSet set, DateTimeOffset time)
    {
        CaRecord[] waiting = [.. set.Records.Where(ca => ca.State is CaState.Prepared or CaState.Distributing)];
        return waiting.Length == 0
            ? Already("nothing is waiting for its activation")
            : Done("what was prepared is given up, and its keys are destroyed", [.. waiting.Select(ca => Retire(ca, time))]);
    }

    private static CaRecord Activate(CaRecord ca, DateTimeOffset time) => ca with { State = CaState.Active, Activated = time };
}
