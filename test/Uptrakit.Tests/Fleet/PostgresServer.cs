using Npgsql;
using Uptrakit.Controller.Storage;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.Tests.Fleet;

/// <summary>A real PostgreSQL, shared by the tests of the collection; each gets a database of its own.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private PostgresProcess? process;
    private int databases;

    public async ValueTask InitializeAsync()
    {
        if (PostgresProcess.Programs is not null)
            process = await PostgresProcess.StartAsync(CancellationToken.None);
    }

    /// <summary>The connection string of a new, empty database; skips the test where there is no PostgreSQL.</summary>
    public async Task<string> DatabaseAsync(CancellationToken cancel)
    {
        Assert.SkipWhen(process is null, "PostgreSQL is not installed: apt-get install postgresql");
        Assert.True(DatabaseTarget.TryParse(process.Connection, "/", out DatabaseTarget? target, out _));
        NpgsqlConnectionStringBuilder text = new(target.Connection) { MaxPoolSize = 20 };
        await using NpgsqlConnection connection = new(text.ConnectionString);
        await connection.OpenAsync(cancel);
        text.Database = $"hub{Interlocked.Increment(ref databases)}";
        await using NpgsqlCommand create = new($"CREATE DATABASE {text.Database}", connection);
        await create.ExecuteNonQueryAsync(cancel);
        return text.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (process is not null)
            await process.DisposeAsync();
    }
}

[CollectionDefinition(nameof(PostgresServer))]
public sealed class PostgresTestGroup : ICollectionFixture<PostgresServer>;
