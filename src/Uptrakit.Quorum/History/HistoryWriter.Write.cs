using Microsoft.Data.Sqlite;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <content>Flips and minutes, as they come.</content>
internal sealed partial class HistoryWriter
{
    private readonly SheetWriter sheet = new();
    private readonly ProbeTally scratch = new();

    private void Write(SqliteConnection open, bool last)
    {
        CommittedFlip[] flips = feed.Waiting(last ? int.MaxValue : FlipsAtOnce);
        BookedMinute[] minutes = book.Ended(last);
        if (flips.Length + minutes.Length == 0)
            return;
        InTransaction(open, () =>
        {
            foreach (CommittedFlip flip in flips)
                Write(flip);
            if (flips.Length > 0)
                statements!.SetPlace.RunWithText(feed.ClusterId, flips[^1].Index);
            foreach (BookedMinute minute in minutes)
                Write(minute);
        });
        feed.Forget(flips.Length);
        book.Forget(minutes);
    }

    private void Write(CommittedFlip flip)
    {
        CheckRow row = RowOf(flip.CheckId);
        if (row.State != flip.To)
        {
            // Leaders with clocks that differ must not turn time around, and one that is ahead must not put flips where nobody looks.
            long at = Math.Max(row.AtMs, Math.Min(flip.SinceMs, NowMs));
            statements!.NewFlip.Run(row.Number, at, (long)row.State, (long)flip.To);
            if (flip.To == CheckState.Down)
                statements.OpenOutage.RunWithText(flip.Detail, row.Number, at);
            else if (flip.To != CheckState.Unknown || !flip.IsWatched)
                statements.EndOutage.Run(row.Number, at);
            (row.State, row.AtMs) = (flip.To, at);
        }

        row.SinceMs = flip.SinceMs;
        statements!.SetState.Run(row.Number, (long)row.State, row.AtMs, row.SinceMs);
    }

    private void Write(BookedMinute minute)
    {
        (long Number, ProbeTally Tally)[] all = [.. minute.Tallies
            .Select(each => (RowOf(each.Key).Number, each.Value))
            .Where(static each => Resolutions.Fits(each.Number))
            .OrderBy(static each => each.Number)];
        for (int begin = 0, end; begin < all.Length; begin = end)
        {
            long number = all[begin].Number / SheetWriter.Slots;
            for (end = begin; end < all.Length && all[end].Number / SheetWriter.Slots == number; end++)
            {
            }

            Merge(Resolution.Minute, Resolutions.Key(minute.Minute, number), all.AsSpan(begin, end - begin));
        }

        // The clock was set back into an hour that is summed up: it is summed up again, as long as all of its minutes are here.
        long hour = minute.Minute / 60;
        if (hour < nextHour && minute.Minute * 60 > clock.GetUtcNow().ToUnixTimeSeconds() - (23 * 3600))
            (nextHour, nextDay) = (hour, Math.Min(nextDay, hour / 24));
    }

    /// <summary>There may be a sheet already: a restart within the minute, or a clock that was set back.</summary>
    private void Merge(Resolution resolution, long key, ReadOnlySpan<(long Number, ProbeTally Tally)> tallies)
    {
        ProbeTally?[] slots = new ProbeTally?[SheetWriter.Slots];
        if (statements!.SheetOf(resolution).AskBytes(key) is { } former)
            Add(former, slots);
        foreach ((long number, ProbeTally tally) in tallies)
        {
            ref ProbeTally? slot = ref slots[number % SheetWriter.Slots];
            if (slot is null)
                slot = tally;
            else
                slot.Merge(tally);
        }

        Put(resolution, key, slots);
    }

    /// <summary>A sheet that is none is left out: one damaged row is not worth losing the others.</summary>
    private void Add(byte[] bytes, ProbeTally?[] slots)
    {
        SheetReader reader = new(bytes);
        while (!reader.IsAtEnd)
        {
            int slot = reader.ReadSlot();
            if (!scratch.TryRead(ref reader))
                return;
            (slots[slot] ??= new()).Merge(scratch);
        }
    }

    private void Put(Resolution resolution, long key, ProbeTally?[] slots)
    {
        sheet.Clear();
        for (int slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { } tally)
                sheet.Write(slot, tally);
        }

        statements!.Put(resolution).RunWithBytes(sheet.Written, key);
    }

    private CheckRow RowOf(string checkId)
    {
        if (rows.TryGetValue(checkId, out CheckRow? row))
            return row;
        return rows[checkId] = new(statements!.NewCheck.AskWithText(checkId) ?? throw new SqliteException("a check got no number", SqliteFault.NotADatabase));
    }
}
