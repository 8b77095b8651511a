using Microsoft.Data.Sqlite;

namespace Uptrakit.Quorum.History;

/// <summary>What an error of SQLite means for us.</summary>
internal static class SqliteFault
{
    public const int Full = 13;
    public const int NotADatabase = 26;
    private const int Error = 1;
    private const int Corrupt = 11;
    private const int Mismatch = 20;

    /// <summary>The file is the trouble, not the disk: waiting would not mend it.</summary>
    /// <remarks>An SQL error too: the statements are ours, so it is a table that is missing or another one.</remarks>
    public static bool IsUnusable(this SqliteException fault) => fault.SqliteErrorCode is Corrupt or NotADatabase or Error or Mismatch;

    /// <summary>Without the number in front and the full stop behind.</summary>
    public static string Words(this SqliteException fault)
    {
        int quote = fault.Message.IndexOf('\'', StringComparison.Ordinal);
        return (quote >= 0 ? fault.Message[quote..] : fault.Message).Trim('\'', '.', ' ');
    }

    public static void Do(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Ask(this SqliteConnection connection, string sql, params ReadOnlySpan<long> values)
    {
        using Statement statement = new(connection, sql);
        return statement.Ask(values) ?? 0;
    }
}
