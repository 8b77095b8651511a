using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Uptrakit.Controller.Storage;

/// <summary>Where the data is. The connection text may hold a password, so it shows in no log.</summary>
internal sealed record DatabaseTarget
{
    /// <summary>The file in the state folder when nothing else is asked for.</summary>
    public const string DefaultFile = "controller.db";

    private const int WaitSeconds = 10;

    private DatabaseTarget(bool isPostgres, string connection, string shown)
    {
        IsPostgres = isPostgres;
        Connection = connection;
        Shown = shown;
    }

    public bool IsPostgres { get; }

    public string Connection { get; }

    /// <summary>For people and logs: no user, no password.</summary>
    public string Shown { get; }

    public static DatabaseTarget Sqlite(string path) => new(false, new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = true,
        DefaultTimeout = WaitSeconds,
    }.ToString(), path);

    /// <summary>Reads what follows <c>--database</c>.</summary>
    /// <param name="text">A path or sqlite:path, postgres://user@host/name, or an Npgsql connection string.</param>
    /// <param name="stateFolder">Where a relative path begins.</param>
    /// <param name="target">The database.</param>
    /// <param name="fault">Else: what is wrong. Never quotes the text.</param>
    public static bool TryParse(
        string text, string stateFolder, [NotNullWhen(true)] out DatabaseTarget? target, [NotNullWhen(false)] out string? fault)
    {
        target = null;
        fault = null;
        if (text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal))
            fault = FromUri(text, out target);
        else if (text.Contains('=', StringComparison.Ordinal))
            fault = FromKeywords(text, out target);
        else if (text.Trim().Length == 0)
            fault = "is empty";
        else
            target = Sqlite(Path.Combine(stateFolder, text.StartsWith("sqlite:", StringComparison.Ordinal) ? text["sqlite:".Length..] : text));
        return target is not null;
    }

    public override string ToString() => Shown;

    private static string? FromUri(string text, out DatabaseTarget? target)
    {
        target = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.AbsolutePath.Length < 2)
            return "is not like postgres://user@host:5432/name";
        string[] user = uri.UserInfo.Split(':', 2);
        NpgsqlConnectionStringBuilder builder = new()
        {
            Host = uri.Host.Length > 0 ? uri.Host : "/var/run/postgresql",
            Port = uri.IsDefaultPort || uri.Port < 0 ? NpgsqlConnection.DefaultPort : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2 || !TrySet(builder, Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1])))
                return "has a parameter after '?' that is not known";
        }

        target = Of(builder);
        return null;
    }

    private static string? FromKeywords(string text, out DatabaseTarget? target)
    {
        target = null;
        try
        {
            target = Of(new NpgsqlConnectionStringBuilder(text));
            return null;
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException)
        {
            return "is not a connection string of Npgsql, like 'Host=db;Database=uptrakit;Username=uptrakit'";
        }
    }

    // The names that libpq has for them are what people write into a URI.
    private static bool TrySet(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        string keyword = name switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            _ => name,
        };
        try
        {
            builder[keyword] = keyword == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static DatabaseTarget Of(NpgsqlConnectionStringBuilder builder)
    {
        builder.ApplicationName ??= "uptrakit-controller";
        builder.CommandTimeout = Math.Min(builder.CommandTimeout, 30);
        return new DatabaseTarget(true, builder.ToString(), $"postgres://{builder.Host}:{builder.Port}/{builder.Database}");
    }
}
