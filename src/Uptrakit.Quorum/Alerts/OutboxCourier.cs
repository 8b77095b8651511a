using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Delivers the outbox while this node leads: each message at least once, and twice only after a crash or a change
/// of leader between sending and committing; then under the same id.</summary>
internal sealed partial class OutboxCourier(IOutbox outbox, IAlertSender sender, TimeProvider clock, ILogger<OutboxCourier> logger)
{
    private const int Places = 8;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    // Outlives a term: what this node has sent, it does not send again when it leads again.
    private readonly ErrandBook book = new(clock, logger);
    private readonly List<Task<Delivery>> flights = [];

    /// <summary>Runs until cancelled; not twice at once. Sends that are on their way are then cancelled too.</summary>
    /// <exception cref="OperationCanceledException">The only way to end.</exception>
    internal async Task RunAsync(CancellationToken cancel)
    {
        Task change = Task.CompletedTask;
        Task? commit = null;
        try
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                if (change.IsCompleted)
                {
                    await change;
                    // Before the look at what is pending, so that nothing falls between the two.
                    change = outbox.WaitForChangeAsync(cancel).AsTask();
                }

                book.TakeStock(outbox.Pending());
                if (commit is null or { IsCompleted: true })
                    commit = book.ToCommit() is { Count: > 0 } done ? CommitAsync(done, cancel) : null;

                TimeSpan? wake = await SendAsync(cancel);
                await NextAsync(wake, change, commit, cancel);
                await CollectAsync(cancel);
            }
        }
        finally
        {
            await LandAsync(commit);
        }
    }

    // Starts what may go, and tells when to look again.
    private async Task<TimeSpan?> SendAsync(CancellationToken cancel)
    {
        if (book.Choose(Places - flights.Count, out TimeSpan? wake).Count == 0)
            return wake;
        if (!await IsSureAsync(cancel))
        {
            logger.NotSureToLead();
            return book.Now + s_pause;
        }

        // Only now: what another leader has delivered is known here after the question, not before.
        book.TakeStock(outbox.Pending());
        foreach (Errand errand in book.Choose(Places - flights.Count, out wake))
        {
            book.Started(errand);
            flights.Add(DeliverAsync(errand, cancel));
        }

        return wake;
    }

    private async Task<bool> IsSureAsync(CancellationToken cancel)
    {
        using Deadline deadline = new(s_patience, clock, cancel);
        try
        {
            return await outbox.IsLeaderForSureAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task NextAsync(TimeSpan? wake, Task change, Task? commit, CancellationToken cancel)
    {
        using CancellationTokenSource lap = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task> events = [change, .. flights];
        if (commit is not null)
            events.Add(commit);
        // The infinite one ends with the token.
        TimeSpan wait = wake is not { } at ? Timeout.InfiniteTimeSpan : at > book.Now ? at - book.Now : TimeSpan.Zero;
        events.Add(Task.Delay(wait, clock, lap.Token));
        await Task.WhenAny(events);
        await lap.CancelAsync();
    }

    private async Task CommitAsync(List<Errand> done, CancellationToken cancel)
    {
        using Deadline deadline = new(s_patience, clock, cancel);
        try
        {
            await outbox.MarkDeliveredAsync([.. done.Select(e => e.Entry.Id)], deadline.Token);
            foreach (Errand errand in done)
                errand.Committed = true;
        }
        catch (Exception cause) when (!cancel.IsCancellationRequested)
        {
            // Whatever it was: the messages are out, and only the commit is tried again.
            logger.CommitFailed(done.Count, cause);
            await Task.Delay(s_pause, clock, cancel);
        }
    }
}
