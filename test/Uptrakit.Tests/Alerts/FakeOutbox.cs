using System.Collections.Concurrent;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Alerts;

/// <summary>The replicated state as the courier sees it, in memory.</summary>
internal sealed class FakeOutbox : IOutbox
{
    private readonly Lock gate = new();
    private readonly List<(OutboxEntry Entry, Alert? Alert)> pending = [];
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int commits;
    private int looks;

    internal bool Leads { get; set; } = true;

    internal Action? BeforeAnswer { get; set; }

    internal int Asked { get; private set; }

    /// <summary>Commits that are still to fail.</summary>
    internal int FailingCommits { get; set; }

    /// <summary>How often the courier looked at what is pending.</summary>
    internal int Looks => Volatile.Read(ref looks);

    internal int CommitsTried => Volatile.Read(ref commits);

    internal ConcurrentQueue<string> Committed { get; } = new();

    internal void Add(OutboxEntry entry, Alert? alert) => Change(() => pending.Add((entry, alert)));

    internal void Forget(string id) => Change(() => pending.RemoveAll(p => p.Entry.Id == id));

    public IReadOnlyList<(OutboxEntry Entry, Alert? Alert)> Pending()
    {
        Interlocked.Increment(ref looks);
        lock (gate)
            return [.. pending];
    }

    public ValueTask<bool> IsLeaderForSureAsync(CancellationToken cancel)
    {
        Asked++;
        BeforeAnswer?.Invoke();
        return ValueTask.FromResult(Leads);
    }

    public ValueTask MarkDeliveredAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        Interlocked.Increment(ref commits);
        if (FailingCommits > 0)
        {
            FailingCommits--;
            throw new InvalidOperationException("no quorum");
        }

        Change(() => pending.RemoveAll(p => ids.Contains(p.Entry.Id)));
        foreach (string id in ids)
            Committed.Enqueue(id);
        return ValueTask.CompletedTask;
    }

    public async ValueTask WaitForChangeAsync(CancellationToken cancel)
    {
        Task next;
        lock (gate)
            next = change.Task;
        await next.WaitAsync(cancel);
    }

    private void Change(Action action)
    {
        TaskCompletionSource old;
        lock (gate)
        {
            action();
            old = change;
            change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        old.SetResult();
    }
}
