using Google.Protobuf.Collections;

namespace Uptrakit.Quorum.State;

/// <summary>Checks, alerts, resolvers, and hand edits of all three.</summary>
internal static partial class CommandApplier
{
    private const int MaxChecks = 50_000;
    private const int MaxAlerts = 1_000;

    private static (ClusterState State, Outcome Outcome) PutCheck(Context c, PutCheck put, int ordinal = 0, bool restores = false)
    {
        Check check = put.Check?.Clone() ?? new Check();
        bool isNew = check.Id.Length == 0 || restores;
        Check? former = null;
        if (restores && (check.Id.Length == 0 || c.State.Checks.TryGet(check.Id, out _)))
            return c.Refuse(RefusalReason.Conflict, $"check '{check.Name}': its id is missing, or taken by another one");
        if (!isNew && !c.State.Checks.TryGet(check.Id, out former))
            return c.Refuse(RefusalReason.NotFound, $"there is no check {check.Id}: it has been removed");
        // Compared with the state before the command: an edit that removes an alert has changed the checks that name it.
        if (put.ExpectedChangedIn != 0 && c.Before.Checks.TryGet(check.Id, out Check? seen) && seen.ChangedIn != put.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"check '{seen.Name}' was changed in version {seen.ChangedIn}; look at it again and repeat the change");
        if (c.State.Checks.IsTaken(check.Name, check.Id))
            return c.Refuse(RefusalReason.NameTaken, $"a check named '{check.Name}' exists; choose another name, or change that one with 'qu check edit'");
        if (isNew && c.State.Checks.Count >= MaxChecks)
            return c.Refuse(RefusalReason.Limit, $"this cluster holds {MaxChecks} checks, which is the limit");
        if (Validation.FaultOf(check) is { } fault)
            return c.Refuse(RefusalReason.Invalid, fault);
        // An edit may name what it makes itself, which has no id until it is applied.
        if ((Identify(check.AlertIds, c.State.Alerts, static a => a.Id) ?? Identify(check.SuppressAlertIds, c.State.Alerts, static a => a.Id)) is { } alert)
            return c.Refuse(RefusalReason.NotFound, $"there is no alert {alert}; 'qu alert list' shows what there is");
        if (Identify(check.ParentIds, c.State.Checks, static k => k.Id) is { } missing)
            return c.Refuse(RefusalReason.NotFound, $"there is no check {missing}; 'qu check list' shows what there is");
        foreach (string parent in check.ParentIds)
        {
            if (check.Id.Length > 0 && IsAbove(c.State, check.Id, parent))
                return c.Refuse(RefusalReason.Invalid, $"parents: '{c.State.Checks.Values.First(k => k.Id == parent).Name}' depends on this check itself");
        }

        CheckFields.Tidy(check);
        if (check.Id.Length == 0)
            check.Id = NewId("c-", c.Command, ordinal, id => c.State.Checks.TryGet(id, out _));
        if (FaultOfSealed(c, check.Id, SecretSlots.Of(check), SealingAudience.Members) is { } moved)
            return (c.State, moved);
        check.ChangedIn = c.NextVersion;
        ClusterState next = c.State with { Checks = c.State.Checks.With(check.Id, check.Name, check, former?.Name) };
        // A check that was switched off starts afresh: what was known of it says nothing about now.
        if (!check.Enabled)
            next = Unwatch(c, next, former ?? check, "it was switched off");
        return (next, Outcomes.Done(check.Id));
    }

    private static (ClusterState State, Outcome Outcome) RemoveCheck(Context c, RemoveById remove)
    {
        if (!c.State.Checks.TryFind(remove.Id, out Check? check))
            return c.Refuse(RefusalReason.NotFound, $"there is no check '{remove.Id}'; 'qu check list' shows what there is");
        // Compared with the state before the command: an edit that removes a parent has changed its children.
        if (remove.ExpectedChangedIn != 0 && c.Before.Checks.TryGet(check.Id, out Check? seen) && seen.ChangedIn != remove.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"check '{check.Name}' was changed in version {seen.ChangedIn}; look at it again and repeat the removal");
        ClusterState next = Unwatch(c, c.State with { Checks = c.State.Checks.Without(check.Id, check.Name) }, check, "it was removed");
        foreach (Check child in next.Checks.Values.Where(k => k.ParentIds.Contains(check.Id)))
        {
            Check without = child.Clone();
            without.ParentIds.Remove(check.Id);
            without.ChangedIn = c.NextVersion;
            next = next with { Checks = next.Checks.With(without.Id, without.Name, without, without.Name) };
        }

        foreach (MaintenanceWindow window in next.Windows.Values.Where(w => w.CheckIds.Contains(check.Id)))
        {
            MaintenanceWindow without = window.Clone();
            without.CheckIds.Remove(check.Id);
            without.ChangedIn = c.NextVersion;
            // One that is about nothing any more would be about everything.
            next = without.CheckIds.Count + without.Tags.Count > 0
                ? next with { Windows = next.Windows.With(without.Id, without.Name, without, without.Name) }
                : next with { Windows = next.Windows.Without(window.Id, window.Name) };
        }

        return (next, Outcomes.Done(check.Id));
    }

    /// <summary>Puts ids in place of names.</summary>
    /// <returns>The first that is neither, or null.</returns>
    private static string? Identify<T>(RepeatedField<string> references, Named<T> among, Func<T, string> idOf)
        where T : class
    {
        for (int i = 0; i < references.Count; i++)
        {
            if (!among.TryFind(references[i], out T? named))
                return references[i];
            references[i] = idOf(named);
        }

        return null;
    }

    /// <summary>Whether the first is a parent of the second, or a parent of one.</summary>
    private static bool IsAbove(ClusterState state, string check, string below)
    {
        HashSet<string> seen = [];
        Stack<string> left = new([below]);
        while (left.TryPop(out string? next))
        {
            if (next == check)
                return true;
            if (seen.Add(next) && state.Checks.TryGet(next, out Check? one))
            {
                foreach (string parent in one.ParentIds)
                    left.Push(parent);
            }
        }

        return false;
    }

    private static (ClusterState State, Outcome Outcome) PutAlert(Context c, PutAlert put, int ordinal = 0, bool restores = false)
    {
        Alert alert = put.Alert?.Clone() ?? new Alert();
        bool isNew = alert.Id.Length == 0 || restores;
        Alert? former = null;
        if (restores && (alert.Id.Length == 0 || c.State.Alerts.TryGet(alert.Id, out _)))
            return c.Refuse(RefusalReason.Conflict, $"alert '{alert.Name}': its id is missing, or taken by another one");
        if (!isNew && !c.State.Alerts.TryGet(alert.Id, out former))
            return c.Refuse(RefusalReason.NotFound, $"there is no alert {alert.Id}: it has been removed");
        if (former is not null && put.ExpectedChangedIn != 0 && former.ChangedIn != put.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"alert '{former.Name}' was changed in version {former.ChangedIn}; look at it again and repeat the change");
        if (c.State.Alerts.IsTaken(alert.Name, alert.Id))
            return c.Refuse(RefusalReason.NameTaken, $"an alert named '{alert.Name}' exists; choose another name, or change that one with 'qu alert edit'");
        if (isNew && c.State.Alerts.Count >= MaxAlerts)
            return c.Refuse(RefusalReason.Limit, $"this cluster holds {MaxAlerts} alerts, which is the limit");
        if (Validation.FaultOf(alert) is { } fault)
            return c.Refuse(RefusalReason.Invalid, fault);

        if (alert.Id.Length == 0)
            alert.Id = NewId("a-", c.Command, ordinal, id => c.State.Alerts.TryGet(id, out _));
        if (FaultOfSealed(c, alert.Id, SecretSlots.Of(alert), SealingAudience.Voters) is { } moved)
            return (c.State, moved);
        alert.ChangedIn = c.NextVersion;
        return (c.State with { Alerts = c.State.Alerts.With(alert.Id, alert.Name, alert, former?.Name) }, Outcomes.Done(alert.Id));
    }

    private static (ClusterState State, Outcome Outcome) RemoveAlert(Context c, RemoveById remove)
    {
        if (!c.State.Alerts.TryFind(remove.Id, out Alert? alert))
            return c.Refuse(RefusalReason.NotFound, $"there is no alert '{remove.Id}'; 'qu alert list' shows what there is");
        if (remove.ExpectedChangedIn != 0 && alert.ChangedIn != remove.ExpectedChangedIn)
            return c.Refuse(RefusalReason.Conflict, $"alert '{alert.Name}' was changed in version {alert.ChangedIn}; look at it again and repeat the removal");

        ClusterState next = c.State with { Alerts = c.State.Alerts.Without(alert.Id, alert.Name) };
        foreach (Check check in c.State.Checks.Values.Where(k => k.AlertIds.Contains(alert.Id) || k.SuppressAlertIds.Contains(alert.Id)))
        {
            Check without = check.Clone();
            without.AlertIds.Remove(alert.Id);
            without.SuppressAlertIds.Remove(alert.Id);
            without.ChangedIn = c.NextVersion;
            next = next with { Checks = next.Checks.With(without.Id, without.Name, without, without.Name) };
        }

        return (next, Outcomes.Done(alert.Id));
    }

    private static (ClusterState State, Outcome Outcome) SetResolvers(Context c, SetResolvers set)
    {
        if (set.Resolvers.Count > 8)
            return c.Refuse(RefusalReason.Limit, "at most 8 resolvers can be set");
        foreach (string resolver in set.Resolvers)
        {
            if (Validation.FaultOfResolver(resolver) is { } fault)
                return c.Refuse(RefusalReason.Invalid, fault);
        }

        return (c.State with { Resolvers = [.. set.Resolvers], ResolversChangedIn = c.NextVersion }, Outcomes.Done());
    }

    /// <summary>All of the edit or nothing: each object must still be as it was in the version that the edit started from.</summary>
    private static (ClusterState State, Outcome Outcome) ApplyEdit(Context c, ApplyEdit edit)
    {
        if (edit.SetResolvers is not null && c.State.ResolversChangedIn > edit.BaseVersion)
            return c.Refuse(RefusalReason.Conflict, $"the resolvers were changed in version {c.State.ResolversChangedIn}, after the version {edit.BaseVersion} that was edited");

        Context step = c;
        Outcome outcome = Outcomes.Done();
        int ordinal = 0;
        bool Take((ClusterState State, Outcome Outcome) result)
        {
            (step, outcome) = (step with { State = result.State, Part = step.Part + 1 }, result.Outcome);
            return outcome.Status != OutcomeStatus.Refused;
        }

        // Alerts first: a new check may name a new alert. Removals before additions: a freed name may be taken again. Windows go before
        // their checks, which would take them along.
        bool all = edit.RemoveWindows.All(r => Take(RemoveWindow(step, r)))
            && edit.RemoveChecks.All(r => Take(RemoveCheck(step, r)))
            && edit.RemoveAlerts.All(r => Take(RemoveAlert(step, r)))
            && edit.PutAlerts.All(p => Take(PutAlert(step, p, ordinal++)))
            && edit.PutChecks.All(p => Take(PutCheck(step, p, ordinal++)))
            && edit.PutWindows.All(p => Take(PutWindow(step, p, ordinal++)))
            && (edit.SetResolvers is null || Take(SetResolvers(step, edit.SetResolvers)));
        return all ? (step.State, Outcomes.Done()) : (c.State, outcome);
    }
}
