using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <content>Minutes become hours, hours days, and what is old goes.</content>
internal sealed partial class HistoryWriter
{
    private const int PageSize = 4096;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(30);
    private long nextHour;
    private long nextDay;
    private long? sweptAt;
    private bool limitTold;
    private bool isFull;

    /// <summary>At most one of each a second: after a long absence it is done bit by bit.</summary>
    private void RollUp(SqliteConnection open)
    {
        if (Due(open, Resolution.Minute, Resolution.Hour, nextHour) is { } hour)
            RollUp(open, Resolution.Minute, Resolution.Hour, hour, (hour + 1, Math.Min(nextDay, hour / 24)));
        else if (Due(open, Resolution.Hour, Resolution.Day, nextDay) is { } day)
            RollUp(open, Resolution.Hour, Resolution.Day, day, (nextHour, day + 1));
    }

    private long? Due(SqliteConnection open, Resolution fine, Resolution coarse, long next)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds() / coarse.Seconds();
        if (next >= now)
            return null;
        long factor = coarse.Seconds() / fine.Seconds();
        using Statement first = new(open, $"SELECT MIN(key) FROM {fine.Table()} WHERE key >= ?1");
        return first.Ask(Resolutions.Key(next * factor)) is { } key && Resolutions.SpanOf(key) / factor < now ? Resolutions.SpanOf(key) / factor : null;
    }

    /// <summary>From all of the finer rows each time: doing it twice gives the same.</summary>
    private void RollUp(SqliteConnection open, Resolution fine, Resolution coarse, long span, (long Hour, long Day) next)
    {
        long factor = coarse.Seconds() / fine.Seconds();
        SortedDictionary<long, ProbeTally?[]> sheets = [];
        using (Statement all = new(open, $"SELECT key, sheet FROM {fine.Table()} WHERE key >= ?1 AND key < ?2"))
        using (SqliteDataReader reader = all.Read(Resolutions.Key(span * factor), Resolutions.Key((span + 1) * factor)))
        {
            while (reader.Read())
            {
                long number = Resolutions.SheetOf(reader.GetInt64(0));
                if (!sheets.TryGetValue(number, out ProbeTally?[]? slots))
                    sheets[number] = slots = new ProbeTally?[SheetWriter.Slots];
                Add(reader.GetFieldValue<byte[]>(1), slots);
            }
        }

        InTransaction(open, () =>
        {
            foreach ((long number, ProbeTally?[] slots) in sheets)
                Put(coarse, Resolutions.Key(span, number), slots);
            statements!.SetRolledUp.Run(next.Hour, next.Day);
        });
        (nextHour, nextDay) = next;
    }

    private void SweepWhenDue(SqliteConnection open)
    {
        if (sweptAt is { } before && clock.GetElapsedTime(before) < SweepEvery)
            return;
        sweptAt = clock.GetTimestamp();
        feed.Compare();
        InTransaction(open, () =>
        {
            // Only what is summed up.
            long now = NowMs / 1000;
            DeleteBefore(open, Resolution.Minute, Math.Min((now - (long)options.Minutes.TotalSeconds) / 60, nextHour * 60));
            DeleteBefore(open, Resolution.Hour, Math.Min((now - (long)options.Hours.TotalSeconds) / 3600, nextDay * 24));
            DeleteBefore(open, Resolution.Day, (now - (long)options.Days.TotalSeconds) / 86_400);
            long oldest = NowMs - (long)options.Days.TotalMilliseconds;
            open.Ask("DELETE FROM flips WHERE at_ms < ?1", oldest);
            open.Ask("DELETE FROM flips WHERE seq <= (SELECT MAX(seq) FROM flips) - ?1", options.MaxFlips);
            open.Ask("DELETE FROM outages WHERE from_ms < ?1 AND to_ms IS NOT NULL", oldest);
            open.Ask("DELETE FROM outages WHERE seq <= (SELECT MAX(seq) FROM outages) - ?1 AND to_ms IS NOT NULL", options.MaxFlips / 2);
            MarkGone(open, oldest);
        });
        KeepWithin(open, options.MaxBytes);
    }

    /// <summary>It took no more: before more is tried, the oldest goes, if it is our own limit that was met.</summary>
    private void MakeRoom(SqliteConnection open)
    {
        if (isFull)
            KeepWithin(open, options.MaxBytes / 4 * 3);
        isFull = false;
    }

    private static void DeleteBefore(SqliteConnection open, Resolution resolution, long span) =>
        open.Ask($"DELETE FROM {resolution.Table()} WHERE key < ?1", Resolutions.Key(span));

    /// <summary>A number is given to another check only when nothing is left of the one that had it.</summary>
    private void MarkGone(SqliteConnection open, long oldest)
    {
        ClusterState now = state();
        if (now.ClusterId.Length == 0)
            return;
        latest.Keep(id => now.Checks.TryGet(id, out _));
        using Statement mark = new(open, "UPDATE checks SET gone_ms = ?2 WHERE number = ?1 AND gone_ms IS NULL");
        using Statement back = new(open, "UPDATE checks SET gone_ms = NULL WHERE number = ?1 AND gone_ms IS NOT NULL");
        foreach ((string id, CheckRow row) in rows)
        {
            if (now.Checks.TryGet(id, out _))
                back.Run(row.Number);
            else
                mark.Run(row.Number, NowMs);
        }

        if (open.Ask("DELETE FROM checks WHERE gone_ms < ?1 RETURNING number", oldest) != 0)
            LoadRows(open);
    }

    private void KeepWithin(SqliteConnection open, long limit)
    {
        for (int i = 0; i < 32 && Used(open) > limit; i++)
        {
            if (!limitTold)
                logger.HistoryAtLimit(file.Path, options.MaxBytes >> 20);
            limitTold = true;
            DropOldestQuarter(open);
        }

        if (Used(open) < limit / 4 * 3)
            limitTold = false;
        // Only when much is free: what was used will mostly be used again.
        if (open.Ask("PRAGMA freelist_count") > open.Ask("PRAGMA page_count") / 2)
            open.Do("PRAGMA incremental_vacuum(4000)");
    }

    private static long Used(SqliteConnection open) => (open.Ask("PRAGMA page_count") - open.Ask("PRAGMA freelist_count")) * PageSize;

    /// <summary>The finest first: what they say is in the coarser ones too.</summary>
    private static void DropOldestQuarter(SqliteConnection open)
    {
        foreach (Resolution resolution in Enum.GetValues<Resolution>())
        {
            string table = resolution.Table();
            long first = open.Ask($"SELECT MIN(key) FROM {table}");
            if (first == 0)
                continue;
            long last = open.Ask($"SELECT MAX(key) FROM {table}");
            open.Ask($"DELETE FROM {table} WHERE key <= ?1", first + ((last - first) / 4));
            return;
        }

        open.Do("DELETE FROM flips WHERE seq <= (SELECT MIN(seq) + (MAX(seq) - MIN(seq)) / 4 FROM flips)");
        open.Do("DELETE FROM outages WHERE to_ms IS NOT NULL AND seq <= (SELECT MIN(seq) + (MAX(seq) - MIN(seq)) / 4 FROM outages)");
    }
}
