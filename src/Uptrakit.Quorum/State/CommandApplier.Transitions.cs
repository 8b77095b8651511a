namespace Uptrakit.Quorum.State;

/// <summary>Flips of checks, the messages they cause, and their delivery.</summary>
internal static partial class CommandApplier
{
    /// <summary>Messages held for delivery, at the most; the oldest make room. A receiver that is gone must not fill every disk.</summary>
    private const int MaxOutbox = 10_000;

    private static (ClusterState State, Outcome Outcome) ApplyTransition(Context c, Transition transition)
    {
        if (!c.State.Checks.TryGet(transition.CheckId, out Check? check) || !check.Enabled)
            return c.Refuse(RefusalReason.NotFound, "the check is gone or switched off");
        CheckStatus former = c.State.StatusOf(check.Id);
        if (former.State != transition.From || transition.To == transition.From)
            return c.Refuse(RefusalReason.Conflict, "the check is in another state by now");

        CheckStatus status = new()
        {
            CheckId = check.Id,
            State = transition.To,
            Settled = transition.To == CheckState.Unknown ? former.Settled : transition.To,
            SettledSinceMs = transition.To == CheckState.Unknown || transition.To == former.Settled ? former.SettledSinceMs : c.Command.AtMs,
            SinceMs = c.Command.AtMs,
            Ok = transition.Ok,
            Total = transition.Total,
            Detail = transition.Detail,
        };
        ClusterState next = c.State with { Statuses = c.State.Statuses.SetItem(check.Id, status) };
        return (IsWorthAMessage(former.Settled, transition.To) ? WithMessages(c, next, check, former, transition) : next, Outcomes.Done(check.Id));
    }

    /// <summary>Nothing is sent for what becomes unknown, nor for the first time a check is up.</summary>
    private static bool IsWorthAMessage(CheckState settled, CheckState to) =>
        to != CheckState.Unknown && settled != to && !(settled == CheckState.Unknown && to == CheckState.Up);

    private static ClusterState WithMessages(Context c, ClusterState next, Check check, CheckStatus former, Transition transition)
    {
        var outbox = next.Outbox;
        int ordinal = c.Position * MaxAlerts;
        foreach (Alert alert in next.EffectiveAlerts(check))
        {
            OutboxEntry entry = new()
            {
                Id = $"m-{c.Index:x12}-{ordinal++:x5}",
                AlertId = alert.Id,
                CheckId = check.Id,
                CheckName = check.Name,
                CheckType = check.Type,
                Target = check.Target,
                From = former.Settled,
                To = transition.To,
                AtMs = c.Command.AtMs,
                Ok = transition.Ok,
                Total = transition.Total,
                Detail = transition.Detail,
                NodeId = c.Command.Proposer,
                LastedMs = former.SettledSinceMs == 0 ? 0 : Math.Max(0, c.Command.AtMs - former.SettledSinceMs),
            };
            outbox = outbox.SetItem(entry.Id, entry);
        }

        while (outbox.Count > MaxOutbox)
            outbox = outbox.Remove(outbox.Keys.First());
        return next with { Outbox = outbox };
    }

    private static (ClusterState State, Outcome Outcome) ApplyDelivered(Context c, Delivered delivered) =>
        (c.State with { Outbox = c.State.Outbox.RemoveRange(delivered.Ids) }, Outcomes.Done());
}
