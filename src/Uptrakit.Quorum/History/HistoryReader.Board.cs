using Microsoft.Data.Sqlite;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <content>All checks at once, for the status page.</content>
internal sealed partial class HistoryReader
{
    private const long DayMs = 86_400_000;
    private readonly Lock boardGate = new();
    private Board? board;

    /// <summary>The last days of every check, by its id.</summary>
    /// <remarks>
    /// Days that are over are read once and kept, one byte each; an answer reads only the flips that are new. That is what makes
    /// ninety days of a thousand checks cheap enough for a page that everybody may ask for.
    /// </remarks>
    public IReadOnlyDictionary<string, DayRow> Days(int days)
    {
        days = Math.Clamp(days, 1, 366);
        lock (boardGate)
        {
            return Ask<IReadOnlyDictionary<string, DayRow>>(new Dictionary<string, DayRow>(), open =>
            {
                long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                if (board is null || board.Days != days || board.Today != now / DayMs || board.Generation != file.Generation || !board.TryFollow(open))
                {
                    board = new(days, now / DayMs, file.Generation);
                    board.TryFollow(open);
                }

                return board.At(open, now);
            });
        }
    }

    private sealed class Board(int days, long today, int generation)
    {
        private readonly long begin = (today - days + 1) * DayMs;
        private readonly Dictionary<long, DayTrack> tracks = [];
        private long seq = -1;

        public int Days => days;

        public long Today => today;

        public int Generation => generation;

        /// <summary>Takes the flips that are new.</summary>
        /// <returns>False: one of them lies in a time that was told already; read all again.</returns>
        public bool TryFollow(SqliteConnection open)
        {
            bool fresh = seq < 0;
            long last = open.Ask("SELECT MAX(seq) FROM flips");
            using Statement find = new(open, "SELECT number, at_ms, was, state FROM flips WHERE seq > ?1 AND at_ms >= ?2 ORDER BY seq");
            using SqliteDataReader flips = find.Read(seq, begin);
            while (flips.Read())
            {
                DayTrack track = TrackOf(flips.GetInt64(0));
                if (!track.IsBegun)
                    (track.State, track.IsBegun) = ((CheckState)flips.GetInt32(2), true);
                long at = flips.GetInt64(1);
                if (at < track.CursorMs && !fresh)
                    return false;
                track.Advance(at);
                track.State = (CheckState)flips.GetInt32(3);
            }

            seq = last;
            return true;
        }

        public Dictionary<string, DayRow> At(SqliteConnection open, long now)
        {
            Dictionary<string, DayRow> rows = new(tracks.Count, StringComparer.Ordinal);
            using Statement all = new(open, "SELECT number, id, state, at_ms FROM checks WHERE gone_ms IS NULL");
            using SqliteDataReader checks = all.Read();
            while (checks.Read())
            {
                DayTrack track = TrackOf(checks.GetInt64(0));
                // No flip in all these days: it has been what it is.
                if (!track.IsBegun)
                    (track.State, track.IsBegun) = (checks.GetInt64(3) < begin ? (CheckState)checks.GetInt32(2) : CheckState.Unknown, true);
                rows[checks.GetString(1)] = track.At(now);
            }

            return rows;
        }

        private DayTrack TrackOf(long number)
        {
            if (!tracks.TryGetValue(number, out DayTrack? track))
                tracks[number] = track = new(days, begin);
            return track;
        }
    }
}
