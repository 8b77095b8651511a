using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>How a day of a check looks.</summary>
internal enum DayLevel : byte
{
    /// <summary>Nothing is known, or it was in maintenance all the time.</summary>
    None,
    Up,

    /// <summary>A tenth of the time or more with a warning, or seen down by some.</summary>
    Warn,

    /// <summary>Down for less than a tenth of the time.</summary>
    Partly,
    Down,
}

/// <summary>The last days of one check, oldest first, today last; and how long it was up and down in all of them.</summary>
internal sealed record DayRow(DayLevel[] Days, Uptime Uptime);

/// <summary>A check's way through the days, as far as it is read.</summary>
internal sealed class DayTrack(int days, long beginMs)
{
    private const long DayMs = 86_400_000;
    private readonly long begin = beginMs;
    private readonly DayLevel[] levels = new DayLevel[days];
    private Uptime total;
    private DaySum day;

    public CheckState State { get; set; }

    public bool IsBegun { get; set; }

    public long CursorMs { get; private set; } = beginMs;

    /// <summary>The state lasted until then.</summary>
    public void Advance(long toMs)
    {
        while (CursorMs < toMs)
        {
            long end = Math.Min(toMs, ((CursorMs / DayMs) + 1) * DayMs);
            day = day.With(State, end - CursorMs);
            total = total.With(State, TimeSpan.FromMilliseconds(end - CursorMs));
            levels[Index(CursorMs)] = day.Level;
            if (end % DayMs == 0)
                day = default;
            CursorMs = end;
        }
    }

    /// <summary>As it stands if nothing has changed until now.</summary>
    public DayRow At(long nowMs)
    {
        Advance(nowMs / DayMs * DayMs);
        long rest = Math.Max(0, nowMs - CursorMs);
        DayLevel[] shown = [.. levels];
        shown[^1] = day.With(State, rest).Level;
        return new(shown, total.With(State, TimeSpan.FromMilliseconds(rest)));
    }

    private int Index(long ms) => (int)Math.Clamp((ms - begin) / DayMs, 0, levels.Length - 1);

    private readonly record struct DaySum(long Up, long Down, long Warn)
    {
        public DayLevel Level => this switch
        {
            { Up: 0, Down: 0 } => DayLevel.None,
            { Down: > 0 } => Down * 10 >= Up + Down ? DayLevel.Down : DayLevel.Partly,
            _ => Warn * 10 >= Up ? DayLevel.Warn : DayLevel.Up,
        };

        public DaySum With(CheckState state, long ms) => state switch
        {
            CheckState.Up => this with { Up = Up + ms },
            CheckState.Warn or CheckState.Degraded => this with { Up = Up + ms, Warn = Warn + ms },
            CheckState.Down => this with { Down = Down + ms },
            _ => this,
        };
    }
}
