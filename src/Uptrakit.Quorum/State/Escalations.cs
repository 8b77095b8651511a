namespace Uptrakit.Quorum.State;

/// <summary>When an alert that waits is told that a check is down: it has been for as long as the alert waits, and nobody looks after it.</summary>
internal static class Escalations
{
    public static bool IsDue(ClusterState state, Alert alert, Check check, CheckStatus status, long nowMs) => Waits(alert, check, status)
        && !Reminders.IsAcknowledged(status, nowMs)
        && nowMs - Math.Max(status.SettledSinceMs, status.ToldMs) >= alert.AfterMs
        && Parents.Holding(state, check, status).Length == 0;

    /// <summary>Only time is missing, or an acknowledgement stands against it.</summary>
    public static bool Waits(Alert alert, Check check, CheckStatus status) =>
        alert.AfterMs > 0 && Reminders.IsToldDown(status) && !status.EscalatedAlertIds.Contains(alert.Id) && ClusterState.IsEffective(alert, check);
}
