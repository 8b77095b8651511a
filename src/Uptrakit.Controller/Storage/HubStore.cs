using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Uptrakit.Controller.Storage;

/// <summary>How rooms read and write: a context of its own for each piece of work, each write one transaction.</summary>
internal sealed class HubStore(IDbContextFactory<HubContext> contexts, DatabaseTarget target) : IDisposable
{
    // SQLite has one writer at a time. Waiting here costs nothing; waiting in SQLite is a thread that sleeps and asks again.
    private readonly SemaphoreSlim? oneWriter = target.IsPostgres ? null : new SemaphoreSlim(1);

    public async Task<T> ReadAsync<T>(Func<HubContext, Task<T>> work, CancellationToken cancel)
    {
        await using HubContext hub = await contexts.CreateDbContextAsync(cancel);
        hub.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await work(hub);
    }

    /// <summary>Runs the work in one transaction; what it throws undoes all of it.</summary>
    public async Task<T> WriteAsync<T>(Func<HubContext, Task<T>> work, CancellationToken cancel)
    {
        if (oneWriter is not null)
            await oneWriter.WaitAsync(cancel);
        try
        {
            await using HubContext hub = await contexts.CreateDbContextAsync(cancel);
            await using IDbContextTransaction transaction = await hub.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
            T result = await work(hub);
            await hub.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            return result;
        }
        finally
        {
            oneWriter?.Release();
        }
    }

    public void Dispose() => oneWriter?.Dispose();
}
