using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>What the leader has to commit because time has passed: maintenance, reminders, and what was held back.</summary>
/// <remarks>Each is decided again where it is applied: a leader that is slow, or that asks twice, does no harm.</remarks>
internal sealed class Duties
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private const int MostAtOnce = 200;
    private long? last;

    public bool IsTime(TimeProvider clock)
    {
        if (last is { } before && clock.GetElapsedTime(before) < Every)
            return false;
        last = clock.GetTimestamp();
        return true;
    }

    public static IReadOnlyList<Command> Of(ClusterState state, DateTimeOffset now)
    {
        List<Command> due = [];
        MaintenanceWindow[] open = [.. state.Windows.Values.Where(window => MaintenanceWindows.OpenUntil(window, now) is not null)];
        long at = now.ToUnixTimeMilliseconds();
        foreach (Check check in state.Checks.Values)
        {
            if (due.Count == MostAtOnce)
                break;
            if (check.Enabled && Of(state, check, open, at) is { } command)
                due.Add(command);
        }

        return due;
    }

    private static Command? Of(ClusterState state, Check check, MaintenanceWindow[] open, long at)
    {
        CheckStatus status = state.StatusOf(check.Id);
        MaintenanceWindow? window = Array.Find(open, one => MaintenanceWindows.Covers(one, check));
        if (window is not null && status.State != CheckState.Maintenance)
            return Transit(check, status.State, CheckState.Maintenance, $"maintenance: {window.Name}");
        if (window is null && status.State == CheckState.Maintenance)
            return Transit(check, CheckState.Maintenance, CheckState.Unknown, "maintenance is over");
        if (status.State is CheckState.Unknown or CheckState.Maintenance)
            return null;
        bool free = status.HeldBy.Length > 0 && state.StatusOf(status.HeldBy).State is not (CheckState.Down or CheckState.Maintenance);
        if (free || Flapping.IsOver(status, check, at))
            return new Command { Transition = new Transition { CheckId = check.Id, From = status.State, To = status.State, Announce = true } };
        return Reminders.IsDue(check, status, at) ? new Command { Remind = new Remind { CheckId = check.Id } } : null;
    }

    private static Command Transit(Check check, CheckState from, CheckState to, string detail) => new()
    {
        Transition = new Transition { CheckId = check.Id, From = from, To = to, Detail = detail },
    };
}
