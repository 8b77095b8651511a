namespace Uptrakit.Quorum.State;

/// <summary>A check that changes so often that nobody wants to hear of each change.</summary>
/// <remarks>
/// It begins with the sixth change that somebody would be told of within ten minutes, or within twenty intervals where those are longer, and ends when
/// half of that time has passed without one. One message says that it begins; what it settled on is told when it ends. What is worse than the states
/// that it changes between is no flapping: a check that hovers at a warning level and then goes down is told at once.
/// </remarks>
internal static class Flapping
{
    private const int Changes = 6;
    private const int Intervals = 20;
    private static readonly long Least = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    /// <summary>Whether the change is one that flapping is made of.</summary>
    public static bool Counts(ClusterState state, Check check, CheckState from, CheckState to) => from != CheckState.Unknown
        && (Tells.IsUsual(from, to) || state.Alerts.Values.Any(alert => ClusterState.IsEffective(alert, check) && Tells.Is(alert, from, to)));

    public static void Note(CheckStatus status, long atMs)
    {
        status.ChangedMs.Add(atMs);
        while (status.ChangedMs.Count > Changes)
            status.ChangedMs.RemoveAt(0);
    }

    /// <summary>Whether it has calmed down by now.</summary>
    public static bool IsOver(CheckStatus status, Check check, long nowMs) =>
        status.Flapping && (status.ChangedMs.Count == 0 || nowMs - status.ChangedMs[^1] >= Window(check) / 2);

    /// <summary>In which state it flaps as far as people know, the worse one; unknown: they were told that it has calmed down, or nothing.</summary>
    /// <remarks>What flapped before this version knew between what it does flapped between up and down, and was told.</remarks>
    public static CheckState ToldAs(CheckStatus status) => status switch
    {
        { FlappingTold: true } => status.FlappingAs,
        { Flapping: true, FlappingAs: CheckState.Unknown } => CheckState.Down,
        _ => CheckState.Unknown,
    };

    /// <summary>Sets or clears the mark.</summary>
    /// <param name="before">What was settled before.</param>
    /// <param name="changed">A change was noted just now: nothing else begins it.</param>
    public static void Judge(CheckStatus status, Check check, CheckState before, bool changed, long nowMs)
    {
        if (ToldAs(status) is var worse && worse != CheckState.Unknown)
            (status.FlappingAs, status.FlappingTold) = (worse, true);
        if (IsOver(status, check, nowMs))
        {
            status.Flapping = false;
            status.ChangedMs.Clear();
        }
        else if (status.Flapping)
            status.Flapping = Badness(status.Settled) <= Badness(status.FlappingAs);
        else if (changed && status.ChangedMs.Count == Changes && status.ChangedMs[^1] - status.ChangedMs[0] <= Window(check))
            Begin(status, Badness(before) > Badness(status.Settled) ? before : status.Settled);
    }

    private static void Begin(CheckStatus status, CheckState worse)
    {
        status.Flapping = true;
        // It flapped before, and what came of that could not be told yet: another kind of flapping is news.
        status.FlappingTold &= status.FlappingAs == worse;
        status.FlappingAs = worse;
    }

    private static int Badness(CheckState state) => state switch
    {
        CheckState.Degraded => 1,
        CheckState.Warn => 2,
        CheckState.Down => 3,
        _ => 0,
    };

    private static long Window(Check check) => Math.Max(Least, Intervals * check.IntervalMs);
}
