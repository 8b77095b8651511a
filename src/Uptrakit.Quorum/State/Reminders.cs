namespace Uptrakit.Quorum.State;

/// <summary>When people are to be reminded of a check that is still down.</summary>
internal static class Reminders
{
    public static bool IsDue(Check check, CheckStatus status, long nowMs)
    {
        if (check.ReminderMs <= 0 || status.State != CheckState.Down || status.Told != CheckState.Down || status.Flapping)
            return false;
        if (status.Acknowledged is { } acknowledged && (acknowledged.UntilMs == 0 || acknowledged.UntilMs > nowMs))
            return false;
        return nowMs - Math.Max(status.SettledSinceMs, status.RemindedMs) >= check.ReminderMs;
    }
}
