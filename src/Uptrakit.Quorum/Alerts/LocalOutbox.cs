using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Messages of this node alone, in memory: for what cannot be committed, or must not be.</summary>
/// <param name="find">An alert as it is now; null when it is gone.</param>
internal sealed class LocalOutbox(Func<string, Alert?> find) : IOutbox
{
    /// <summary>The oldest make room. A receiver that is gone for a day must not fill the memory.</summary>
    internal const int Most = 1024;

    private readonly Lock gate = new();
    private readonly List<OutboxEntry> entries = [];
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Add(IEnumerable<OutboxEntry> more) => Change(() =>
    {
        entries.AddRange(more);
        if (entries.Count > Most)
            entries.RemoveRange(0, entries.Count - Most);
    });

    public IReadOnlyList<(OutboxEntry Entry, Alert? Alert)> Pending()
    {
        lock (gate)
            return [.. entries.Select(entry => (entry, find(entry.AlertId)))];
    }

    /// <summary>Nobody else sends these.</summary>
    public ValueTask<bool> IsLeaderForSureAsync(CancellationToken cancel) => ValueTask.FromResult(true);

    public ValueTask MarkDeliveredAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        Change(() => entries.RemoveAll(entry => ids.Contains(entry.Id)));
        return ValueTask.CompletedTask;
    }

    public async ValueTask WaitForChangeAsync(CancellationToken cancel)
    {
        Task next;
        lock (gate)
            next = change.Task;
        await next.WaitAsync(cancel).ConfigureAwait(false);
    }

    private void Change(Action action)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            action();
            (before, change) = (change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        before.SetResult();
    }
}
