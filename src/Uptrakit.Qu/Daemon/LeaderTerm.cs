namespace Uptrakit.Qu.Daemon;

/// <summary>Runs the leader's work while this node leads, and ends it as soon as it does not.</summary>
internal sealed class LeaderTerm(Func<Quorum.Consensus.Consensus?> consensus, TimeProvider clock, params Func<CancellationToken, Task>[] work)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Look, clock);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            if (consensus() is { Leads: true })
                await LeadAsync(timer, cancel).ConfigureAwait(false);
        }
    }

    private async Task LeadAsync(PeriodicTimer timer, CancellationToken cancel)
    {
        using CancellationTokenSource term = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running = [.. work.Select(w => Task.Run(() => w(term.Token), term.Token))];
        try
        {
            while (consensus() is { Leads: true } && !running.Any(static t => t.IsCompleted))
                await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            await term.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A fault of the work is a fault of the node; the end of the term is not.
        foreach (Task task in running.Where(static t => t.IsFaulted))
            await task.ConfigureAwait(false);
    }
}
