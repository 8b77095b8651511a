using Microsoft.Data.Sqlite;

namespace Uptrakit.Quorum.History;

/// <summary>A statement that is compiled once and run many times, with the parameters ?1, ?2 ….</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand command;

    public Statement(SqliteConnection connection, string sql)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
    }

    public void Dispose() => command.Dispose();

    public SqliteDataReader Read(params ReadOnlySpan<long> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    public void Run(params ReadOnlySpan<long> values)
    {
        Bind(values);
        command.ExecuteNonQuery();
    }

    public void RunWithBytes(ReadOnlySpan<byte> bytes, params ReadOnlySpan<long> values)
    {
        Bind(values);
        Parameter(values.Length).Value = bytes.ToArray();
        command.ExecuteNonQuery();
    }

    public void RunWithText(string text, params ReadOnlySpan<long> values)
    {
        Bind(values);
        Parameter(values.Length).Value = text;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, as a number.</summary>
    public long? Ask(params ReadOnlySpan<long> values)
    {
        Bind(values);
        return command.ExecuteScalar() is long number ? number : null;
    }

    public SqliteDataReader ReadWithText(string text)
    {
        Parameter(0).Value = text;
        return command.ExecuteReader();
    }

    public long? AskWithText(string text)
    {
        Parameter(0).Value = text;
        return command.ExecuteScalar() is long number ? number : null;
    }

    /// <summary>The first column of the first row, as bytes.</summary>
    public byte[]? AskBytes(params ReadOnlySpan<long> values)
    {
        Bind(values);
        return command.ExecuteScalar() as byte[];
    }

    private void Bind(ReadOnlySpan<long> values)
    {
        for (int i = 0; i < values.Length; i++)
            Parameter(i).Value = values[i];
    }

    private SqliteParameter Parameter(int index)
    {
        while (command.Parameters.Count <= index)
            command.Parameters.Add(new SqliteParameter($"?{command.Parameters.Count + 1}", null));
        return command.Parameters[index];
    }
}
