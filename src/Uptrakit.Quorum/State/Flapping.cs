namespace Uptrakit.Quorum.State;

/// <summary>A check that changes so often that nobody wants to hear of each change.</summary>
/// <remarks>
/// It begins with the sixth change between down and not down within ten minutes, or within twenty intervals where those are longer, and ends when
/// half of that time has passed without one. One message says that it begins; what it settled on is told when it ends.
/// </remarks>
internal static class Flapping
{
    private const int Changes = 6;
    private const int Intervals = 20;
    private static readonly long Least = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    /// <summary>Whether the change is one that flapping is made of.</summary>
    public static bool Counts(CheckState from, CheckState to) =>
        from != CheckState.Unknown && (from == CheckState.Down) != (to == CheckState.Down);

    public static void Note(CheckStatus status, long atMs)
    {
        status.ChangedMs.Add(atMs);
        while (status.ChangedMs.Count > Changes)
            status.ChangedMs.RemoveAt(0);
    }

    /// <summary>Whether it has calmed down by now.</summary>
    public static bool IsOver(CheckStatus status, Check check, long nowMs) =>
        status.Flapping && (status.ChangedMs.Count == 0 || nowMs - status.ChangedMs[^1] >= Window(check) / 2);

    /// <summary>Sets or clears the mark; true when it begins.</summary>
    public static bool Judge(CheckStatus status, Check check, long nowMs)
    {
        if (status.Flapping)
        {
            if (IsOver(status, check, nowMs))
            {
                status.Flapping = false;
                status.ChangedMs.Clear();
            }

            return false;
        }

        status.Flapping = status.ChangedMs.Count == Changes && status.ChangedMs[^1] - status.ChangedMs[0] <= Window(check);
        return status.Flapping;
    }

    private static long Window(Check check) => Math.Max(Least, Intervals * check.IntervalMs);
}
