namespace Uptrakit.Quorum.State;

/// <summary>What a change of the configuration would leave open for ever at those who were told.</summary>
internal static partial class CommandApplier
{
    /// <summary>An alert that was told that a check is bad, and would hear no end of it any more, is told so at once: its incident ends.</summary>
    /// <param name="c">The command, from the state before it.</param>
    /// <param name="result">What it came to as a whole: an edit may take an alert from a check in one part, and give it back in the next.</param>
    /// <param name="checks">Those that it may have changed, as they were.</param>
    /// <remarks>
    /// Who was told is noted nowhere but for alerts that wait; it follows from what the alert was to tell until now, as everywhere. An alert that is
    /// removed has nobody left who could be told. A log of before this was so is applied as it was.
    /// </remarks>
    private static (ClusterState State, Outcome Outcome) WithEnds(Context c, (ClusterState State, Outcome Outcome) result, IEnumerable<Check> checks)
    {
        if (!c.Command.TellsEnds || result.Outcome.Status == OutcomeStatus.Refused)
            return result;
        ClusterState next = result.State;
        int part = 0;
        foreach (Check check in checks)
        {
            if (!c.Before.Statuses.TryGetValue(check.Id, out CheckStatus? status) || !Tells.IsBad(status))
                continue;
            Alert[] left = [.. c.Before.Alerts.Values.Where(alert =>
                WillHear(c.Before, alert, check.Id) && next.Alerts.TryGet(alert.Id, out Alert? now) && !WillHear(next, now, check.Id))];
            if (left.Length > 0)
                next = WithEnd(c with { Part = part++ }, Forget(next, check.Id, left), check, status, left, WhyEnded(c, next, check.Id));
        }

        return (next, result.Outcome);
    }

    private static IEnumerable<Check> Former(Context c, string? idOrName) =>
        idOrName is not null && c.State.Checks.TryFind(idOrName, out Check? check) ? [check] : [];

    /// <summary>Whether the alert was told that the check is bad, and is told when that ends.</summary>
    private static bool WillHear(ClusterState state, Alert alert, string checkId) =>
        state.Checks.TryGet(checkId, out Check? check) && state.Statuses.TryGetValue(checkId, out CheckStatus? status)
        && ClusterState.IsEffective(alert, check) && Tells.Is(alert, status, CheckState.Up);

    private static string WhyEnded(Context c, ClusterState next, string checkId)
    {
        if (c.Command.ChangeCase == Command.ChangeOneofCase.Restore)
            return "a backup was restored";
        if (!next.Checks.TryGet(checkId, out Check? check))
            return "it was removed";
        return check.Enabled ? "its alerts were changed" : "it was switched off";
    }

    /// <summary>An alert that waits, and is to tell it again one day, waits anew.</summary>
    private static ClusterState Forget(ClusterState state, string checkId, IEnumerable<Alert> left)
    {
        if (!state.Statuses.TryGetValue(checkId, out CheckStatus? status) || status.EscalatedAlertIds.Count == 0)
            return state;
        CheckStatus kept = status.Clone();
        foreach (Alert alert in left)
            kept.EscalatedAlertIds.Remove(alert.Id);
        return state with { Statuses = state.Statuses.SetItem(checkId, kept) };
    }

    private static ClusterState WithEnd(Context c, ClusterState next, Check check, CheckStatus status, IEnumerable<Alert> alerts, string why)
    {
        OutboxEntry pattern = OutboxEntries.Of(check, MessageKind.Unwatched);
        CheckState flapping = Flapping.ToldAs(status);
        pattern.From = flapping == CheckState.Unknown ? Tells.Told(status) : flapping;
        (pattern.Ok, pattern.Total, pattern.Detail) = (status.Ok, status.Total, why);
        pattern.LastedMs = Lasted(status, status, c.Command.AtMs);
        pattern.Acknowledged = status.Acknowledged?.Clone();
        return WithEntries(c, next, alerts, pattern);
    }
}
