namespace Uptrakit.Qu.Daemon;

/// <summary>Runs the leader's work while this node leads, and ends it as soon as it does not.</summary>
internal sealed class LeaderTerm(Func<Quorum.Consensus.Consensus?> consensus, TimeProvider clock, params Func<CancellationToken, Task>[] work)
{
    /// <summary>Between two looks for a while after the engine has said that somebody else leads: it says so before the leader is ready.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>The same when nothing has changed for a while: a node that rests wakes up as seldom as it can.</summary>
    private static readonly TimeSpan CalmLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(10);
    private TaskCompletionSource change = NewChange();
    private Quorum.Consensus.Consensus? known;
    private long changedAt = clock.GetTimestamp();

    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await RestAsync(cancel).ConfigureAwait(false);
            if (consensus() is { Leads: true })
                await LeadAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task RestAsync(CancellationToken cancel)
    {
        if (consensus() is var engine && engine != known)
        {
            known = engine;
            engine?.LeadershipChanged += Wake;
            changedAt = clock.GetTimestamp();
        }

        Task next = Volatile.Read(ref change).Task;
        if (clock.GetElapsedTime(changedAt) < Settles)
            await Task.Delay(Look, clock, cancel).ConfigureAwait(false);
        else
            await next.WaitAsync(CalmLook, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        if (next.IsCompleted)
            changedAt = clock.GetTimestamp();
    }

    private void Wake() => Interlocked.Exchange(ref change, NewChange()).TrySetResult();

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LeadAsync(CancellationToken cancel)
    {
        using CancellationTokenSource term = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running = [.. work.Select(w => Task.Run(() => w(term.Token), term.Token))];
        try
        {
            while (consensus() is { Leads: true } && !running.Any(static t => t.IsCompleted))
                await RestAsync(cancel).ConfigureAwait(false);
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
