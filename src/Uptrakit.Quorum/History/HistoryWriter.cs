using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>
/// The one that writes the file: once a second, in one transaction, what has come meanwhile. Whatever the disk does, it stays
/// here: nobody who probes or alerts waits for it.
/// </summary>
internal sealed partial class HistoryWriter(
    HistoryFile file, HistoryOptions options, MinuteBook book, FlipFeed feed, LatestResults latest, Func<ClusterState> state, TimeProvider clock, ILogger logger)
    : IDisposable
{
    private const int FlipsAtOnce = 2000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, CheckRow> rows = new(StringComparer.Ordinal);
    private SqliteConnection? connection;
    private Statements? statements;
    private long? pausedSince;
    private bool pauseTold;
    private bool known;

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            using PeriodicTimer timer = new(Look, clock);
            do
            {
                Step();
            }
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
        }
        finally
        {
            Step(last: true);
        }
    }

    public void Dispose() => Close();

    /// <summary>Opens the file, so that no flip is missed that comes from now on.</summary>
    public void Open() => Guard(static _ => { });

    /// <summary>One second's work.</summary>
    /// <param name="last">The daemon stops: also the minute that runs.</param>
    internal void Step(bool last = false)
    {
        if (pausedSince is { } since && clock.GetElapsedTime(since) < Pause && !last)
            return;
        Guard(open =>
        {
            file.CheckIfDoubted(open);
            MakeRoom(open);
            Write(open, last);
            RollUp(open);
            SweepWhenDue(open);
        });
    }

    private void Guard(Action<SqliteConnection> work)
    {
        try
        {
            connection ??= Begin();
            work(connection);
            Resume();
        }
        catch (SqliteException fault) when (fault.IsUnusable())
        {
            Close();
            SetAside(fault.Words());
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            Close();
            isFull = fault is SqliteException { SqliteErrorCode: SqliteFault.Full };
            PauseNow(fault is SqliteException sqlite ? sqlite.Words() : fault.Message);
        }
    }

    private SqliteConnection Begin()
    {
        SqliteConnection open = file.Open();
        try
        {
            LoadRows(open);
            using SqliteCommand place = open.CreateCommand();
            place.CommandText = "SELECT cluster, position, hours, days FROM place";
            using SqliteDataReader at = place.ExecuteReader();
            if (!at.Read())
                throw new SqliteException("its place in the log is missing", SqliteFault.NotADatabase);
            (nextHour, nextDay) = (at.GetInt64(2), at.GetInt64(3));
            // Once: what waits in the feed after a pause is not in the file, and is not to be forgotten.
            if (!known)
                feed.StandAt(at.GetString(0), at.GetInt64(1), rows.Select(static row => (row.Key, row.Value.State, row.Value.SinceMs)));
            known = true;
            statements = new(open);
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    private void LoadRows(SqliteConnection open)
    {
        rows.Clear();
        using Statement all = new(open, "SELECT id, number, state, at_ms, since_ms FROM checks");
        using SqliteDataReader reader = all.Read();
        while (reader.Read())
            rows[reader.GetString(0)] = new(reader.GetInt64(1)) { State = (CheckState)reader.GetInt32(2), AtMs = reader.GetInt64(3), SinceMs = reader.GetInt64(4) };
    }

    private void Close()
    {
        statements?.Dispose();
        statements = null;
        connection?.Dispose();
        connection = null;
    }

    private void SetAside(string reason)
    {
        known = false;
        try
        {
            file.SetAside(reason);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            PauseNow($"{reason}, and it cannot be put aside: {fault.Message}");
        }
    }

    private void PauseNow(string reason)
    {
        pausedSince = clock.GetTimestamp();
        if (!pauseTold)
            logger.HistoryPaused(file.Path, reason);
        pauseTold = true;
    }

    private void Resume()
    {
        if (pauseTold)
            logger.HistoryResumed(file.Path);
        (pausedSince, pauseTold) = (null, false);
    }

    private static void InTransaction(SqliteConnection open, Action work)
    {
        // After a fault the file is closed, which takes back what was not committed.
        open.Do("BEGIN IMMEDIATE");
        work();
        open.Do("COMMIT");
    }

    /// <summary>What the file knows of one check.</summary>
    private sealed class CheckRow(long number)
    {
        public long Number => number;

        public CheckState State { get; set; }

        public long AtMs { get; set; }

        public long SinceMs { get; set; }
    }
}
