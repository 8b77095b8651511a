using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>What the leader has to commit because time has passed: maintenance, reminders, alerts that wait, and what is held back or no longer is.</summary>
/// <remarks>Each is decided again where it is applied: a leader that is slow, or that asks twice, does no harm.</remarks>
internal sealed class Duties
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private const int MostAtOnce = 200;
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ClockMayDiffer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClockIsRight = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenClockNotes = TimeSpan.FromMinutes(1);
    private long? last;
    private object? checks, statuses, alerts;
    private MaintenanceWindow[] windows = [];

    /// <summary>Since when nothing holds back what still counts as held, by check.</summary>
    private readonly Dictionary<string, long> free = [];
    private Check[]? concerned;

    /// <summary>Alerts that wait.</summary>
    private Alert[] waiting = [];

    public bool IsTime(TimeProvider clock)
    {
        if (last is { } before && clock.GetElapsedTime(before) < Every)
            return false;
        last = clock.GetTimestamp();
        return true;
    }

    public IReadOnlyList<Command> Of(ClusterState state, DateTimeOffset now)
    {
        List<Command> due = [];
        MaintenanceWindow[] open = [.. state.Windows.Values.Where(window => MaintenanceWindows.OpenUntil(window, now) is not null)];
        long at = now.ToUnixTimeMilliseconds();
        foreach (Check check in Concerned(state, open))
        {
            if (due.Count == MostAtOnce)
                break;
            if (Of(state, check, open, at) is { } command)
                due.Add(command);
        }

        return due;
    }

    /// <summary>The checks that time alone can make something due for: few, and looked for only when the state or an open window is another one.</summary>
    private Check[] Concerned(ClusterState state, MaintenanceWindow[] open)
    {
        if (concerned is null || !ReferenceEquals(checks, state.Checks) || !ReferenceEquals(statuses, state.Statuses) || !ReferenceEquals(alerts, state.Alerts) || !windows.SequenceEqual(open))
        {
            (checks, statuses, alerts, windows) = (state.Checks, state.Statuses, state.Alerts, open);
            foreach (string over in free.Keys.Where(id => state.Statuses.GetValueOrDefault(id) is not { HeldBy.Length: > 0 }).ToArray())
                free.Remove(over);
            waiting = [.. state.Alerts.Values.Where(static alert => alert is { Enabled: true, AfterMs: > 0 })];
            concerned = [.. state.Checks.Values.Where(check => check.Enabled && Concerns(check, state.Statuses.GetValueOrDefault(check.Id), open))];
        }

        return concerned;
    }

    private bool Concerns(Check check, CheckStatus? status, MaintenanceWindow[] open) =>
        Array.Exists(open, window => MaintenanceWindows.Covers(window, check))
        || status is { State: CheckState.Maintenance } or { HeldBy.Length: > 0 } or { Flapping: true }
        || (check.ParentIds.Count > 0 && status is not null && Parents.IsBad(status))
        || (check.ReminderMs > 0 && status is { State: CheckState.Down })
        || (status is not null && Array.Exists(waiting, alert => Escalations.Waits(alert, check, status)));

    /// <summary>What is to be noted of members: who is lost for half a minute, who is back, whose clock is off, and what of it was not told.</summary>
    public static IEnumerable<Command> Of(ClusterState state, IEnumerable<MemberSight> sights, DateTimeOffset now)
    {
        MemberSight[] joined = [.. sights.Where(sight => state.Peers.TryGetValue(sight.NodeId, out Peer? peer) && peer.Joined)];
        TimeSpan middle = MiddleClock(joined);
        long at = now.ToUnixTimeMilliseconds();
        foreach (MemberSight sight in joined)
        {
            MemberStatus known = state.Members.GetValueOrDefault(sight.NodeId) ?? new MemberStatus();
            TimeSpan off = (sight.ClockOffset - middle).Duration();
            MessageKind[] seen = [.. Seen(sight, known, off, at)];
            foreach (MessageKind kind in MemberNotes.Kinds)
            {
                bool isNews = seen.Contains(kind) && !MemberNotes.Holds(known, kind);
                // What ends right now is not told first.
                bool isOver = Array.Exists(seen, other => MemberNotes.AreOpposite(other, kind));
                if (isNews || (MemberNotes.IsToBeTold(known, kind, at) && !isOver))
                    yield return Note(sight, kind, Words(kind, off));
            }
        }
    }

    private static IEnumerable<MessageKind> Seen(MemberSight sight, MemberStatus known, TimeSpan off, long at)
    {
        if (sight.Silence >= LostAfter)
            yield return MessageKind.MemberLost;
        if (sight.Silence >= BackWithin)
            yield break; // of who is not here nothing new is known
        if (known.LostMs != 0)
        {
            yield return MessageKind.MemberBack;
            yield break;
        }

        // A clock is a number that its member tells: one that tells another one every second is not noted every second.
        if (Moments.AreWithin((long)BetweenClockNotes.TotalMilliseconds, known.ClockChangedMs, at))
            yield break;
        if (off > ClockMayDiffer)
            yield return MessageKind.MemberClock;
        else if (off < ClockIsRight)
            yield return MessageKind.MemberClockRight;
    }

    private static string Words(MessageKind kind, TimeSpan off) => kind switch
    {
        MessageKind.MemberLost => "not heard from",
        MessageKind.MemberClock => $"it differs from most clocks by {off.TotalSeconds:0} s",
        _ => "",
    };

    /// <summary>
    /// What most clocks say: it is the leader's own that is off when all the others agree, and one that lies does not move the middle. Of
    /// two in the middle, the one nearer to the leader's.
    /// </summary>
    private static TimeSpan MiddleClock(IEnumerable<MemberSight> joined)
    {
        TimeSpan[] here = [.. joined.Where(static sight => sight.Silence < BackWithin).Select(static sight => sight.ClockOffset).Order()];
        if (here.Length == 0)
            return TimeSpan.Zero;
        (TimeSpan low, TimeSpan high) = (here[(here.Length - 1) / 2], here[here.Length / 2]);
        return low.Duration() <= high.Duration() ? low : high;
    }

    private static Command Note(MemberSight sight, MessageKind kind, string detail) =>
        new() { NoteMember = new NoteMember { NodeId = sight.NodeId, Kind = kind, Detail = detail } };

    private Command? Of(ClusterState state, Check check, MaintenanceWindow[] open, long at)
    {
        CheckStatus status = state.StatusOf(check.Id);
        MaintenanceWindow? window = Array.Find(open, one => MaintenanceWindows.Covers(one, check));
        if (window is not null && status.State != CheckState.Maintenance)
            return Transit(check, status.State, CheckState.Maintenance, $"maintenance: {window.Name}");
        if (window is null && status.State == CheckState.Maintenance)
            return Transit(check, CheckState.Maintenance, CheckState.Unknown, "maintenance is over");
        if (status.State is CheckState.Unknown or CheckState.Maintenance)
            return null;
        // A parent has gone, or is back, and nothing of the check itself has changed since.
        string holding = Parents.Holding(state, check, status);
        bool heldByOther = holding.Length > 0 ? holding != status.HeldBy : status.HeldBy.Length > 0 && IsFree(check, at);
        if (holding.Length > 0)
            free.Remove(check.Id);
        if (heldByOther || Flapping.IsOver(status, check, at))
            return new Command { Transition = new Transition { CheckId = check.Id, From = status.State, To = status.State, Announce = true } };
        if (Reminders.IsDue(state, check, status, at))
            return new Command { Remind = new Remind { CheckId = check.Id } };
        return Array.Exists(waiting, alert => Escalations.IsDue(state, alert, check, status, at)) ? new Command { Escalate = new Escalate { CheckId = check.Id } } : null;
    }

    /// <summary>Whether its parents have been back for so long that it would be well by now if it was only them.</summary>
    private bool IsFree(Check check, long at)
    {
        if (!free.TryGetValue(check.Id, out long since) || since > at)
            free[check.Id] = since = at;
        return at - since >= Judge.Patience(check).TotalMilliseconds;
    }

    private static Command Transit(Check check, CheckState from, CheckState to, string detail) => new()
    {
        Transition = new Transition { CheckId = check.Id, From = from, To = to, Detail = detail },
    };
}
