using System.Data.Common;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Host;

/// <summary>Looks after the CAs and the server's certificate: another Controller may rotate, files change, and time passes.</summary>
internal sealed class CertificateChores(
    AuthorityKeys keys, ServerCertificate certificate, TimeProvider clock, ILogger<CertificateChores> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim due = new(0, 1);
    private string? told;

    public override void Dispose()
    {
        due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        keys.Changed += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            keys.Changed -= Wake;
        }
    }

    private void Wake(CaSnapshot snapshot)
    {
        try
        {
            if (due.CurrentCount == 0)
                due.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it in between.
        }
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task woken = due.WaitAsync(either.Token);
        await Task.WhenAny(woken, Task.Delay(Every, clock, either.Token));
        await either.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            Tell(await keys.ReloadAsync(cancel) ?? await certificate.RefreshAsync(cancel));
        }
        catch (DbException broken)
        {
            Tell(broken.Message); // the database is away; the next look finds it
        }
    }

    // Once for each reason, not every 15 seconds.
    private void Tell(string? fault)
    {
        if (fault is not null && fault != told)
            logger.ServerCertificateNotRenewed(fault);
        told = fault;
    }
}
