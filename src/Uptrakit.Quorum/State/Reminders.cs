namespace Uptrakit.Quorum.State;

/// <summary>When people are to be reminded of a check that is still down.</summary>
internal static class Reminders
{
    public static bool IsDue(ClusterState state, Check check, CheckStatus status, long nowMs)
    {
        if (check.ReminderMs <= 0 || !IsToldDown(status) || IsAcknowledged(status, nowMs))
            return false;
        return nowMs - Math.Max(status.SettledSinceMs, status.RemindedMs) >= check.ReminderMs && Parents.Holding(state, check, status).Length == 0;
    }

    /// <summary>It is down, people know, and nothing keeps them from hearing more.</summary>
    public static bool IsToldDown(CheckStatus status) => status is { State: CheckState.Down, Told: CheckState.Down, Flapping: false, HeldBy: "" };

    public static bool IsAcknowledged(CheckStatus status, long nowMs) =>
        status.Acknowledged is { } acknowledged && (acknowledged.UntilMs == 0 || acknowledged.UntilMs > nowMs);
}
