using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>
/// Answers from the file, and from the minute that runs. Whatever is asked for, the work is bounded: ranges end where nothing is kept any
/// more, points are at most so many. Where the file cannot be read there is nothing to tell, which is no fault of the one who asks.
/// </summary>
internal sealed partial class HistoryReader(HistoryFile file, HistoryOptions options, MinuteBook book, TimeProvider clock, ILogger logger)
{
    public const int MaxPoints = 1500;
    private const int MaxOutages = 1000;

    // Rows that are read to find those that are wanted: some milliseconds for each ten thousand.
    private const int MaxLookedAt = 100_000;
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(10);
    private long toldAt;

    /// <summary>This node's results of a check, at the finest resolution that fits.</summary>
    public HistoryCurve Curve(string checkId, DateTimeOffset from, DateTimeOffset to, int atMost = MaxPoints) => Ask(HistoryCurve.Empty, open =>
    {
        if (!TryClamp(ref from, ref to))
            return HistoryCurve.Empty;
        Resolution resolution = Finest(from, to);
        long step = StepFor(resolution, (long)(to - from).TotalSeconds, Math.Clamp(atMost, 1, MaxPoints));
        SortedDictionary<long, ProbeTally> points = [];
        Visit(open, checkId, resolution, from.ToUnixTimeSeconds() / step * step, to.ToUnixTimeSeconds(), (at, tally) =>
        {
            if (!points.TryGetValue(at / step, out ProbeTally? point))
                points[at / step] = point = new();
            point.Merge(tally);
        });
        return new(
            TimeSpan.FromSeconds(step),
            [.. points.Select(point => new HistoryPoint(DateTimeOffset.FromUnixTimeSeconds(point.Key * step), ProbeSummary.Of(point.Value)))]);
    });

    /// <summary>This node's results of a check in one sum.</summary>
    public ProbeSummary Summary(string checkId, DateTimeOffset from, DateTimeOffset to)
    {
        ProbeTally sum = new();
        Ask(0, open =>
        {
            if (TryClamp(ref from, ref to))
                Visit(open, checkId, Finest(from, to), from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), (_, tally) => sum.Merge(tally));
            return 0;
        });
        return ProbeSummary.Of(sum);
    }

    private void Visit(SqliteConnection open, string checkId, Resolution resolution, long from, long to, Action<long, ProbeTally> visit)
    {
        if (NumberOf(open, checkId) is { } number)
            Collect(open, number, resolution, from, to, visit);
        // It was not in the file when that was read, and is not yet.
        if (book.Running(checkId) is { } running && running.Minute * 60 is var begins && begins + 60 > from && begins <= to)
            visit(begins, running.Tally);
    }

    /// <summary>How long a check was up and down, by the committed flips.</summary>
    public Uptime UptimeOf(string checkId, DateTimeOffset from, DateTimeOffset to) => Ask(default(Uptime), open =>
    {
        if (!TryClamp(ref from, ref to))
            return default;
        using Statement find = new(open, "SELECT number, state, at_ms FROM checks WHERE id = ?1");
        using SqliteDataReader check = find.ReadWithText(checkId);
        if (!check.Read())
            return new(default, default, to - from);

        (long begin, long end) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        Uptime uptime = default;
        long cursor = begin;
        // The flip after the end tells, too, what was before it.
        using Statement all = new(open, "SELECT at_ms, was FROM flips WHERE number = ?1 AND at_ms > ?2 ORDER BY at_ms, seq");
        using SqliteDataReader flips = all.Read(check.GetInt64(0), begin);
        while (cursor < end && flips.Read())
        {
            long at = Math.Min(flips.GetInt64(0), end);
            uptime = uptime.With((CheckState)flips.GetInt32(1), TimeSpan.FromMilliseconds(at - cursor));
            cursor = at;
        }

        return uptime.With((CheckState)check.GetInt32(1), TimeSpan.FromMilliseconds(Math.Max(0, end - cursor)));
    });

    /// <summary>Outages that overlap the range, the newest first.</summary>
    /// <param name="checkId">Of one check, or null: of all.</param>
    /// <param name="from">The begin of the range.</param>
    /// <param name="to">Its end.</param>
    /// <param name="atMost">So many.</param>
    public IReadOnlyList<Outage> Outages(string? checkId, DateTimeOffset from, DateTimeOffset to, int atMost = MaxOutages) =>
        Ask<IReadOnlyList<Outage>>([], open =>
        {
            long? number = checkId is null ? null : NumberOf(open, checkId);
            if ((checkId is not null && number is null) || !TryClamp(ref from, ref to))
                return [];
            using Statement find = new(open, $"""
                SELECT o.seq, c.id, o.from_ms, o.to_ms, o.detail FROM outages o JOIN checks c ON c.number = o.number
                WHERE o.from_ms <= ?2 AND (o.to_ms IS NULL OR o.to_ms >= ?1){(number is null ? "" : " AND o.number = ?4")}
                ORDER BY o.from_ms DESC LIMIT ?3
                """);
            (long begin, long end, long count) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), Math.Clamp(atMost, 1, MaxOutages));
            using SqliteDataReader reader = number is { } one ? find.Read(begin, end, count, one) : find.Read(begin, end, count);
            List<Outage> outages = [];
            while (reader.Read())
                outages.Add(OutageIn(reader));
            return outages;
        });

    /// <summary>The newest outages of the checks that are wanted, however many of others came after them.</summary>
    public IReadOnlyList<Outage> OutagesOf(Func<string, bool> wanted, DateTimeOffset from, DateTimeOffset to, int atMost = MaxOutages) =>
        Ask<IReadOnlyList<Outage>>([], open =>
        {
            if (!TryClamp(ref from, ref to))
                return [];
            using Statement find = new(open, """
                SELECT o.seq, c.id, o.from_ms, o.to_ms, o.detail FROM outages o JOIN checks c ON c.number = o.number
                WHERE o.from_ms <= ?2 AND (o.to_ms IS NULL OR o.to_ms >= ?1)
                ORDER BY o.from_ms DESC LIMIT ?3
                """);
            using SqliteDataReader reader = find.Read(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), MaxLookedAt);
            List<Outage> outages = [];
            while (outages.Count < Math.Clamp(atMost, 1, MaxOutages) && reader.Read())
            {
                if (wanted(reader.GetString(1)))
                    outages.Add(OutageIn(reader));
            }

            return outages;
        });

    private static Outage OutageIn(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetString(1), Time(reader.GetInt64(2)), reader.IsDBNull(3) ? null : Time(reader.GetInt64(3)), reader.GetString(4));

    private T Ask<T>(T none, Func<SqliteConnection, T> question)
    {
        try
        {
            using SqliteConnection open = file.OpenToRead();
            // One look at the file for all of the answer.
            open.Do("BEGIN");
            return question(open);
        }
        catch (SqliteException fault)
        {
            if (fault.IsUnusable())
                file.Doubt();
            long before = Interlocked.Read(ref toldAt);
            if (before == 0 || clock.GetElapsedTime(before) > TellEvery)
            {
                Interlocked.Exchange(ref toldAt, clock.GetTimestamp());
                logger.HistoryUnreadable(fault.Words());
            }

            return none;
        }
    }

    private static long? NumberOf(SqliteConnection open, string checkId)
    {
        using Statement find = new(open, "SELECT number FROM checks WHERE id = ?1");
        return find.AskWithText(checkId);
    }

    /// <summary>From here to eternity is a year.</summary>
    private bool TryClamp(ref DateTimeOffset from, ref DateTimeOffset to)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset oldest = now - options.Days;
        from = from < oldest ? oldest : from;
        to = to > now ? now : to;
        return from < to;
    }

    private Resolution Finest(DateTimeOffset from, DateTimeOffset to)
    {
        TimeSpan age = clock.GetUtcNow() - from;
        if (age <= options.Minutes && (to - from).TotalMinutes <= MaxPoints)
            return Resolution.Minute;
        return age <= options.Hours ? Resolution.Hour : Resolution.Day;
    }

    private static long StepFor(Resolution resolution, long seconds, int atMost)
    {
        long count = (seconds / resolution.Seconds()) + 1;
        return resolution.Seconds() * ((count + atMost - 1) / atMost);
    }

    /// <summary>The rows of the resolution, and where those are not summed up yet, the finer ones.</summary>
    private static void Collect(SqliteConnection open, long number, Resolution resolution, long from, long to, Action<long, ProbeTally> visit)
    {
        long at = from;
        if (resolution == Resolution.Day)
            at = CollectOne(open, number, Resolution.Day, at, Math.Min(to, open.Ask("SELECT days FROM place") * 86_400), visit);
        if (resolution >= Resolution.Hour)
            at = CollectOne(open, number, Resolution.Hour, at, Math.Min(to, open.Ask("SELECT hours FROM place") * 3600), visit);
        CollectOne(open, number, Resolution.Minute, at, to, visit);
    }

    /// <returns>How far it came: the begin of what is left.</returns>
    private static long CollectOne(SqliteConnection open, long number, Resolution resolution, long from, long to, Action<long, ProbeTally> visit)
    {
        using Statement find = new(open, $"SELECT sheet FROM {resolution.Table()} WHERE key = ?1");
        ProbeTally tally = new();
        long seconds = resolution.Seconds();
        for (long span = from / seconds; span * seconds < to; span++)
        {
            if (find.AskBytes(Resolutions.Key(span, number / SheetWriter.Slots)) is { } sheet && TryFind(sheet, (int)(number % SheetWriter.Slots), tally))
                visit(span * seconds, tally);
        }

        return Math.Max(from, to);
    }

    private static bool TryFind(byte[] sheet, int wanted, ProbeTally tally)
    {
        SheetReader reader = new(sheet);
        while (!reader.IsAtEnd)
        {
            int slot = reader.ReadSlot();
            if (!tally.TryRead(ref reader))
                return false;
            if (slot == wanted)
                return true;
        }

        return false;
    }

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
