namespace Uptrakit.Quorum.State;

/// <summary>Changes of a check's state, the messages they cause, and their delivery.</summary>
internal static partial class CommandApplier
{
    /// <summary>Messages held for delivery, at the most; the oldest make room. A receiver that is gone must not fill every disk.</summary>
    private const int MaxOutbox = 10_000;

    private static (ClusterState State, Outcome Outcome) ApplyTransition(Context c, Transition transition)
    {
        if (!c.State.Checks.TryGet(transition.CheckId, out Check? check) || !check.Enabled)
            return c.Refuse(RefusalReason.NotFound, "the check is gone or switched off");
        CheckStatus former = c.State.StatusOf(check.Id);
        if (former.State != transition.From || (transition.To == transition.From) != transition.Announce)
            return c.Refuse(RefusalReason.Conflict, "the check is in another state by now");

        CheckStatus status = former.Clone();
        status.CheckId = check.Id;
        bool changed = !transition.Announce && Change(c.State, check, status, transition, c.Command.AtMs);
        Flapping.Judge(status, check, former.Settled, changed, c.Command.AtMs);
        if (status.State is CheckState.Unknown or CheckState.Maintenance)
            return (WithStatus(c, status), Outcomes.Done(check.Id));

        status.HeldBy = Parents.Holding(c.State, check, status);
        // That nothing was told yet is not that it was told by a version that did not note it.
        if (status.HeldBy.Length > 0 && status.Told == CheckState.Unknown)
            status.Told = CheckState.Up;
        if (status.HeldBy.Length > 0 || status is { Flapping: true, FlappingTold: true })
            return (WithStatus(c, status), Outcomes.Done(check.Id));
        return (status.Flapping ? TellFlapping(c, check, former, status, transition) : TellState(c, check, former, status, transition), Outcomes.Done(check.Id));
    }

    private static ClusterState WithStatus(Context c, CheckStatus status) =>
        c.State with { Statuses = c.State.Statuses.SetItem(status.CheckId, status) };

    private static ClusterState TellFlapping(Context c, Check check, CheckStatus former, CheckStatus status, Transition transition)
    {
        status.FlappingTold = true;
        return WithMessages(c, check, former, status, MessageKind.Flapping, transition.Reports, alert => Tells.IsFlapping(alert, status.FlappingAs));
    }

    /// <summary>Who was told that it flaps is told what it settled on, news or not: an incident that the one has opened is ended by the other.</summary>
    private static ClusterState TellState(Context c, Check check, CheckStatus former, CheckStatus status, Transition transition)
    {
        if (Tells.Told(former) != status.State || former.HeldBy.Length > 0)
            status.ToldMs = c.Command.AtMs;
        status.Told = status.State;
        if (status.State != CheckState.Down)
            status.EscalatedAlertIds.Clear();
        (status.FlappingTold, status.FlappingAs) = (false, CheckState.Unknown);
        return WithMessages(c, check, former, status, MessageKind.Transition, transition.Reports,
            alert => Tells.Is(alert, former, status.State), Flapping.ToldAs(former));
    }

    /// <returns>Whether it is a change of those that flapping is made of.</returns>
    private static bool Change(ClusterState state, Check check, CheckStatus status, Transition transition, long atMs)
    {
        // What was settled before this version knew of `told` was told.
        if (status.Told == CheckState.Unknown)
            status.Told = status.Settled;
        if (status.State == CheckState.Maintenance)
            status.ToldMs = atMs;
        status.State = transition.To;
        status.SinceMs = atMs;
        (status.Ok, status.Total, status.Detail) = (transition.Ok, transition.Total, transition.Detail);
        if (transition.To is CheckState.Unknown or CheckState.Maintenance)
            return false;
        bool counts = transition.To != status.Settled && Flapping.Counts(state, check, status.Settled, transition.To);
        if (counts)
            Flapping.Note(status, atMs);
        if (transition.To != status.Settled)
        {
            status.Settled = transition.To;
            status.SettledSinceMs = atMs;
        }

        if (transition.To != CheckState.Down)
        {
            status.Acknowledged = null;
            status.RemindedMs = 0;
        }

        return counts;
    }

    private static (ClusterState State, Outcome Outcome) ApplyAcknowledge(Context c, Acknowledge acknowledge)
    {
        if (!c.State.Checks.TryFind(acknowledge.CheckId, out Check? check))
            return c.Refuse(RefusalReason.NotFound, $"there is no check '{acknowledge.CheckId}'; 'qu check list' shows what there is");
        CheckStatus status = c.State.StatusOf(check.Id).Clone();
        if (acknowledge.Acknowledgement is not null && status.Settled != CheckState.Down)
            return c.Refuse(RefusalReason.Conflict, $"check '{check.Name}' is not down: there is nothing to acknowledge");
        if (acknowledge.Acknowledgement is { } given && FaultOf(given) is { } fault)
            return c.Refuse(RefusalReason.Invalid, fault);
        status.Acknowledged = acknowledge.Acknowledgement?.Clone();
        if (status.Acknowledged is { } kept)
            kept.AtMs = c.Command.AtMs;
        return (WithStatus(c, status), Outcomes.Done(check.Id));
    }

    private static string? FaultOf(Acknowledgement given) => Names.FaultOfText("by", given.By, Names.MaxLength) ?? Names.FaultOfText("note", given.Note, 256)
        ?? (given.AtMs is < 0 or > Moments.LatestMs || given.UntilMs is < 0 or > Moments.LatestMs ? "until: is a time that nobody can write" : null);

    private static (ClusterState State, Outcome Outcome) ApplyRemind(Context c, Remind remind)
    {
        if (!c.State.Checks.TryGet(remind.CheckId, out Check? check) || !check.Enabled)
            return c.Refuse(RefusalReason.NotFound, "the check is gone or switched off");
        CheckStatus former = c.State.StatusOf(check.Id);
        if (!Reminders.IsDue(c.State, check, former, c.Command.AtMs))
            return c.Refuse(RefusalReason.Conflict, "no reminder is due");
        CheckStatus status = former.Clone();
        status.RemindedMs = c.Command.AtMs;
        return (WithMessages(c, check, former, status, MessageKind.Reminder, remind.Reports, alert => Tells.IsReminder(alert, status)), Outcomes.Done(check.Id));
    }

    private static (ClusterState State, Outcome Outcome) ApplyEscalate(Context c, Escalate escalate)
    {
        if (!c.State.Checks.TryGet(escalate.CheckId, out Check? check) || !check.Enabled)
            return c.Refuse(RefusalReason.NotFound, "the check is gone or switched off");
        CheckStatus former = c.State.StatusOf(check.Id);
        HashSet<string> due = [.. c.State.EffectiveAlerts(check).Where(alert => Escalations.IsDue(c.State, alert, check, former, c.Command.AtMs)).Select(static alert => alert.Id)];
        if (due.Count == 0)
            return c.Refuse(RefusalReason.Conflict, "no alert has waited long enough");
        CheckStatus status = former.Clone();
        status.EscalatedAlertIds.Add(due.Order(StringComparer.Ordinal));
        return (WithMessages(c, check, former, status, MessageKind.Escalation, escalate.Reports, alert => due.Contains(alert.Id)), Outcomes.Done(check.Id));
    }

    /// <summary>Forgets what was known of a check that is not watched any more.</summary>
    /// <param name="next">With the check as it will be, or without it.</param>
    private static ClusterState Unwatch(Context c, ClusterState next, Check check, string why)
    {
        if (!c.State.Statuses.TryGetValue(check.Id, out CheckStatus? status))
            return next;
        next = next with { Statuses = next.Statuses.Remove(check.Id) };
        // Whoever was told that it is bad is told once all of the command is applied; a log of before that was so told here.
        return c.Command.TellsEnds ? next : WithEnd(c, next, check, status, c.State.EffectiveAlerts(check).Where(alert => Tells.Is(alert, status, CheckState.Up)), why);
    }

    private static (ClusterState State, Outcome Outcome) ApplyNoteMember(Context c, NoteMember note)
    {
        if (!c.State.Peers.TryGetValue(note.NodeId, out _))
            return c.Refuse(RefusalReason.NotFound, "there is no such member");
        MemberStatus status = c.State.Members.GetValueOrDefault(note.NodeId)?.Clone() ?? new MemberStatus { NodeId = note.NodeId };
        MemberStatus before = status.Clone();
        // Decided here by every node: whoever leads cannot silence so many that the others are no majority.
        if (note.Kind == MessageKind.MemberExcluded && status.ExcludedMs == 0 && !c.State.MayExcludeOneMore)
            return c.Refuse(RefusalReason.NotAllowed, "the votes of the others would be no majority of all members");
        MemberNotes.Note(status, note.Kind, c.Command.AtMs);
        bool tells = MemberNotes.IsToBeTold(status, note.Kind, c.Command.AtMs);
        bool isLast = tells && MemberNotes.Tell(status, note.Kind, c.Command.AtMs);
        if (status.Equals(before))
            return c.Refuse(RefusalReason.Conflict, "that is known already");
        ClusterState next = c.State with { Members = c.State.Members.SetItem(note.NodeId, status) };
        if (!tells)
            return (next, Outcomes.Done(note.NodeId));
        string[] detail = [note.Detail.Length > 256 ? note.Detail[..256] : note.Detail, isLast ? MemberNotes.Hushed : ""];
        return (WithEntries(c, next, next.Alerts.Values.Where(static alert => alert is { Enabled: true, WatchesCluster: true }), new OutboxEntry
        {
            Kind = note.Kind,
            MemberId = note.NodeId,
            CheckName = c.State.Peers[note.NodeId].Advertise,
            Detail = string.Join("; ", detail.Where(static words => words.Length > 0)),
            LastedMs = !MemberNotes.Holds(before, note.Kind) && MemberNotes.Since(before, note.Kind) is > 0 and var since ? Math.Max(0, c.Command.AtMs - since) : 0,
        }), Outcomes.Done(note.NodeId));
    }

    /// <param name="status">As it will be: nothing of it changes once it is in the state.</param>
    private static ClusterState WithMessages(
        Context c, Check check, CheckStatus former, CheckStatus status, MessageKind kind, IEnumerable<NodeReport> reports,
        Func<Alert, bool> wanted, CheckState calmed = CheckState.Unknown)
    {
        OutboxEntry pattern = OutboxEntries.Of(check, kind);
        pattern.From = kind is MessageKind.Reminder or MessageKind.Escalation ? CheckState.Down : Tells.Told(former);
        pattern.To = status.State;
        (pattern.Ok, pattern.Total, pattern.Detail) = (status.Ok, status.Total, status.Detail);
        pattern.LastedMs = Lasted(former, status, c.Command.AtMs);
        pattern.Reports.Add(NodeReports.Bounded(reports));
        // Who looked after it is told with what ends it.
        pattern.Acknowledged = former.Acknowledged?.Clone();
        return WithEntries(c, WithStatus(c, status), c.State.EffectiveAlerts(check).Where(wanted), pattern, calmed);
    }

    /// <summary>How long the state lasted that ends, or, where none ends, the one that goes on.</summary>
    private static long Lasted(CheckStatus former, CheckStatus status, long atMs) => (status.SettledSinceMs == atMs ? former.SettledSinceMs : status.SettledSinceMs) is > 0 and { } since
        ? Math.Max(0, atMs - since)
        : 0;

    private static ClusterState WithEntries(Context c, ClusterState next, IEnumerable<Alert> alerts, OutboxEntry pattern, CheckState calmed = CheckState.Unknown)
    {
        var outbox = next.Outbox;
        int ordinal = c.Position * MaxAlerts;
        foreach (Alert alert in alerts)
        {
            OutboxEntry entry = pattern.Clone();
            entry.Id = $"m-{c.Index:x12}-{ordinal++:x5}{(c.Part == 0 ? "" : $"-{c.Part:x5}")}";
            entry.AlertId = alert.Id;
            // As this alert sees it: one that does not tell a warning is told that it is up again, and closes what it has opened.
            if (entry.Kind is MessageKind.Transition or MessageKind.Unwatched)
                (entry.From, entry.To) = (Tells.As(alert, entry.From), Tells.As(alert, entry.To));
            // It has settled on what had been told before it flapped.
            if (entry.From == entry.To && calmed != CheckState.Unknown)
                entry.From = Tells.As(alert, calmed);
            entry.AtMs = c.Command.AtMs;
            entry.NodeId = c.Command.Proposer;
            outbox = outbox.SetItem(entry.Id, entry);
        }

        long dropped = Math.Max(0, outbox.Count - MaxOutbox);
        while (outbox.Count > MaxOutbox)
            outbox = outbox.Remove(outbox.Keys.First());
        return next with { Outbox = outbox, OutboxDropped = next.OutboxDropped + dropped };
    }

    private static (ClusterState State, Outcome Outcome) ApplyDelivered(Context c, Delivered delivered) =>
        (c.State with { Outbox = c.State.Outbox.RemoveRange(delivered.Ids) }, Outcomes.Done());
}
