namespace Uptrakit.Quorum.State;

/// <summary>Putting back what a backup holds.</summary>
internal static partial class CommandApplier
{
    private const int MaxRestoredDetail = 1024;

    /// <summary>All of the part or nothing. A backup is a file that anybody may have written: each object is judged as if it were new.</summary>
    private static (ClusterState State, Outcome Outcome) ApplyRestore(Context c, Restore restore)
    {
        if (restore.Begins && !restore.Replaces && c.State.Checks.Count + c.State.Alerts.Count + c.State.Windows.Count + c.State.Resolvers.Length > 0)
        {
            return c.Refuse(RefusalReason.Conflict, $"this cluster has {c.State.Checks.Count} checks, {c.State.Alerts.Count} alerts, "
                + $"{c.State.Windows.Count} maintenance windows and {c.State.Resolvers.Length} resolvers of its own");
        }

        Context step = c;
        if (restore.Begins)
            step = step with { State = WithoutObjects(c) };
        Outcome outcome = Outcomes.Done();
        bool Take((ClusterState State, Outcome Outcome) result)
        {
            (step, outcome) = (step with { State = result.State }, result.Outcome);
            return outcome.Status != OutcomeStatus.Refused;
        }

        bool all = (restore.SetResolvers is null || Take(SetResolvers(step, restore.SetResolvers)))
            && restore.Alerts.All(alert => Take(PutAlert(step, new PutAlert { Alert = alert }, restores: true)))
            && restore.Checks.All(check => Take(PutCheck(step, new PutCheck { Check = check }, restores: true)))
            && restore.Windows.All(window => Take(PutWindow(step, new PutWindow { Window = window }, restores: true)));
        return all ? (step.State with { Statuses = WithStates(step, restore), Outbox = Deliverable(step) }, Outcomes.Done()) : (c.State, outcome);
    }

    /// <summary>Messages of alerts that are there again go on: some tell the end of what the ones before have told.</summary>
    private static System.Collections.Immutable.ImmutableSortedDictionary<string, OutboxEntry> Deliverable(Context c) => c.Command.TellsEnds
        ? c.State.Outbox.RemoveRange(c.State.Outbox.Values.Where(entry => !c.State.Alerts.TryGet(entry.AlertId, out _)).Select(static entry => entry.Id))
        : c.State.Outbox;

    private static ClusterState WithoutObjects(Context c) => c.State with
    {
        Checks = Named<Check>.Empty,
        Alerts = Named<Alert>.Empty,
        Windows = Named<MaintenanceWindow>.Empty,
        Resolvers = [],
        ResolversChangedIn = c.NextVersion,
        Statuses = ClusterState.Empty.Statuses,
        Outbox = c.Command.TellsEnds ? c.State.Outbox : ClusterState.Empty.Outbox,
    };

    /// <summary>What was known of the checks: so that nobody is told again what was told, and what recovered meanwhile is told.</summary>
    private static System.Collections.Immutable.ImmutableDictionary<string, CheckStatus> WithStates(Context c, Restore restore)
    {
        var states = c.State.Statuses.ToBuilder();
        foreach (CheckStatus status in restore.States)
        {
            // Of a check whose state is known nothing is put back: verdicts are the leader's own.
            if (!c.State.Checks.TryGet(status.CheckId, out Check? check) || !check.Enabled || c.State.Statuses.ContainsKey(check.Id) || !IsSane(status, c.Command.AtMs))
                continue;
            CheckStatus kept = status.Clone();
            // What it changed lately says nothing after a time in which nobody looked.
            (kept.Flapping, kept.HeldBy) = (false, "");
            kept.ChangedMs.Clear();
            Keep(kept.EscalatedAlertIds, c.State);
            states[check.Id] = kept;
        }

        return states.ToImmutable();
    }

    /// <summary>Of alerts that are there, each once: a file may name any number of others.</summary>
    private static void Keep(Google.Protobuf.Collections.RepeatedField<string> alertIds, ClusterState state)
    {
        string[] known = [.. alertIds.Distinct().Where(id => state.Alerts.TryGet(id, out _))];
        alertIds.Clear();
        alertIds.Add(known);
    }

    private static bool IsSane(CheckStatus status, long nowMs) =>
        IsKnown(status.State) && IsKnown(status.Settled) && IsKnown(status.Told) && IsKnown(status.FlappingAs)
        && status.SinceMs <= nowMs && status.SettledSinceMs <= nowMs && status.RemindedMs <= nowMs && status.ToldMs <= nowMs
        && status.Detail.Length <= MaxRestoredDetail && status.Ok >= 0 && status.Total >= status.Ok
        && (status.Acknowledged is not { } acknowledged || FaultOf(acknowledged) is null);

    private static bool IsKnown(CheckState state) => state is >= CheckState.Unknown and <= CheckState.Maintenance;
}
