namespace Uptrakit.Quorum.History;

/// <summary>One minute of results, by check.</summary>
internal sealed record BookedMinute(long Minute, Dictionary<string, ProbeTally> Tallies);

/// <summary>The minute that runs, in memory: a result costs an addition, and nobody who brings one waits for the disk.</summary>
internal sealed class MinuteBook(TimeProvider clock)
{
    /// <summary>Minutes that wait for a disk that takes none; the oldest make room.</summary>
    private const int MaxWaiting = 5;

    private readonly Lock gate = new();
    private readonly Queue<BookedMinute> ended = new();
    private Dictionary<string, ProbeTally> running = new(StringComparer.Ordinal);
    private long minute;

    public void Record(string checkId, ProbeGrade grade, TimeSpan latency)
    {
        long now = Minute(clock.GetUtcNow());
        lock (gate)
        {
            if (now != minute)
                End(now);
            if (!running.TryGetValue(checkId, out ProbeTally? tally))
                running[checkId] = tally = new();
            tally.Add(grade, latency);
        }
    }

    /// <summary>The minutes that have ended, oldest first. They stay until <see cref="Forget"/>.</summary>
    /// <param name="all">Also the one that runs: the daemon stops.</param>
    public BookedMinute[] Ended(bool all = false)
    {
        long now = Minute(clock.GetUtcNow());
        lock (gate)
        {
            if (all || now != minute)
                End(now);
            return [.. ended];
        }
    }

    /// <summary>What the minute that runs has of a check so far, which is nowhere else; null: nothing.</summary>
    public (long Minute, ProbeTally Tally)? Running(string checkId)
    {
        lock (gate)
        {
            if (!running.TryGetValue(checkId, out ProbeTally? tally))
                return null;
            ProbeTally soFar = new();
            soFar.Merge(tally);
            return (minute, soFar);
        }
    }

    /// <summary>They are on the disk.</summary>
    public void Forget(IReadOnlyList<BookedMinute> written)
    {
        lock (gate)
        {
            while (ended.TryPeek(out BookedMinute? oldest) && written.Contains(oldest))
                ended.Dequeue();
        }
    }

    internal static long Minute(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    private void End(long now)
    {
        if (running.Count > 0)
        {
            ended.Enqueue(new(minute, running));
            // As many checks as before: growing again would copy the table ten times a minute.
            running = new(running.Count, StringComparer.Ordinal);
            if (ended.Count > MaxWaiting)
                ended.Dequeue();
        }

        minute = now;
    }
}
