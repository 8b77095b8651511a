using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.History;

/// <summary>The file <c>history.db</c>: how it is opened, what is in it, and what happens to one that is no use.</summary>
internal sealed class HistoryFile(HistoryOptions options, TimeProvider clock, ILogger logger)
{
    private const int Version = 1;
    private const int PageSize = 4096;

    private volatile bool doubted;
    private volatile int generation;

    private const string Schema = """
        CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1), cluster TEXT NOT NULL, position INTEGER NOT NULL, hours INTEGER NOT NULL, days INTEGER NOT NULL);
        INSERT INTO place VALUES (1, '', 0, 0, 0);
        CREATE TABLE checks (
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state INTEGER NOT NULL DEFAULT 0, at_ms INTEGER NOT NULL DEFAULT 0,
          since_ms INTEGER NOT NULL DEFAULT 0, gone_ms INTEGER);
        CREATE TABLE minutes (key INTEGER PRIMARY KEY, sheet BLOB NOT NULL);
        CREATE TABLE hours (key INTEGER PRIMARY KEY, sheet BLOB NOT NULL);
        CREATE TABLE days (key INTEGER PRIMARY KEY, sheet BLOB NOT NULL);
        CREATE TABLE flips (seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, at_ms INTEGER NOT NULL, was INTEGER NOT NULL, state INTEGER NOT NULL);
        CREATE INDEX flips_of_check ON flips (number, at_ms, seq);
        CREATE TABLE outages (seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER, detail TEXT NOT NULL);
        CREATE INDEX outages_of_check ON outages (number, from_ms);
        CREATE INDEX outages_in_time ON outages (from_ms);
        CREATE INDEX outages_open ON outages (number) WHERE to_ms IS NULL;
        """;

    public string Path => options.Path;

    /// <summary>Changes when the file is another one than before.</summary>
    public int Generation => generation;

    /// <summary>A reader has met something that should not be there: the writer is to look, and to put the file aside if that is so.</summary>
    public void Doubt() => doubted = true;

    /// <exception cref="SqliteException">It is damaged.</exception>
    public void CheckIfDoubted(SqliteConnection connection)
    {
        if (!doubted)
            return;
        doubted = false;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and var words)
            throw new SqliteException($"it is damaged ({words})", SqliteFault.NotADatabase);
    }

    /// <summary>For the one writer; makes the file when there is none.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is no history.</exception>
    public SqliteConnection Open()
    {
        // Of this user alone from its first moment; SQLite gives its side files the mode of the file.
        using (File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            File.SetUnixFileMode(Path, DurableFile.OwnerOnly);
        SqliteConnection connection = Connect(SqliteOpenMode.ReadWrite);
        try
        {
            long version = connection.Ask("PRAGMA user_version");
            if (version > Version)
                throw new SqliteException($"it was written by a newer version of qu (format {version})", SqliteFault.NotADatabase);
            if (version == 0)
                Lay(connection);
            // A crash of the process loses nothing that was committed; a loss of power may lose the last seconds, whole.
            connection.Do("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304; PRAGMA wal_autocheckpoint = 500; PRAGMA cache_size = -1024");
            connection.Do($"PRAGMA max_page_count = {(options.MaxBytes + (options.MaxBytes / 4)) / PageSize}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>For a reader: it sees what is committed, and holds nobody up.</summary>
    public SqliteConnection OpenToRead()
    {
        SqliteConnection connection = Connect(SqliteOpenMode.ReadOnly);
        connection.Do("PRAGMA query_only = 1; PRAGMA cache_size = -1024");
        return connection;
    }

    /// <summary>Makes way for a new file. The latest one that was unusable is kept for whoever wants to look at it.</summary>
    public void SetAside(string reason)
    {
        foreach (string former in Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, System.IO.Path.GetFileName(Path) + ".unusable-*"))
            File.Delete(former);
        string kept = $"{Path}.unusable-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        File.Move(Path, kept, overwrite: true);
        // Of the old file: beside a new one they would spoil it.
        File.Delete(Path + "-wal");
        File.Delete(Path + "-shm");
        generation++;
        logger.HistorySetAside(Path, kept, reason);
    }

    private static void Lay(SqliteConnection connection)
    {
        connection.Do($"PRAGMA page_size = {PageSize}; PRAGMA auto_vacuum = INCREMENTAL");
        connection.Do("PRAGMA journal_mode = WAL");
        using SqliteTransaction transaction = connection.BeginTransaction();
        connection.Do(Schema);
        connection.Do($"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
