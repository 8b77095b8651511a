using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Uptrakit.Controller.Storage;

/// <summary>What SQLite is told on each connection.</summary>
/// <remarks>
/// WAL lets readers read while one writes. With synchronous=FULL a commit is on the disk before it is answered: a certificate
/// that was handed out is remembered after a power cut, and so is a token that was used up.
/// Each connection of the pool keeps pages of its own, 2 MB unless it is told otherwise: thousands of Services that come at once
/// fill all of them, and the kernel has the same pages anyway.
/// </remarks>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-256;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
