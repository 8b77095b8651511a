using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Quorum.State;

/// <summary>The state this node has applied, with the index and term of the log entry it stands at.</summary>
internal sealed record AppliedState(long Index, long Term, ClusterState Cluster);

/// <summary>Holds the applied state of this node; one writer applies, everybody reads.</summary>
internal sealed class StateStore
{
    private readonly Lock gate = new();
    private volatile AppliedState current = new(0, 0, ClusterState.Empty);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Raised for each applied command, in order, by the thread that applied it, and before anybody can see the new state:
    /// who waits for a state finds what handlers keep of the way there. Handlers must be quick and not throw.
    /// </summary>
    public event Action<AppliedState, Command, Outcome>? Applied;

    /// <summary>Raised before a state that replaces the former one as a whole can be seen.</summary>
    public event Action<AppliedState>? Replaced;

    public AppliedState Current => current;

    public ClusterState State => current.Cluster;

    public Outcome Apply(long index, long term, Command command)
    {
        (ClusterState next, Outcome outcome) = CommandApplier.Apply(current.Cluster, index, command);
        AppliedState applied = new(index, term, next);
        Applied?.Invoke(applied, command, outcome);
        Publish(applied);
        return outcome;
    }

    /// <summary>An entry of the engine itself: nothing changes but the place in the log.</summary>
    public void Skip(long index, long term) => Publish(new(index, term, current.Cluster));

    public void Replace(AppliedState state)
    {
        Replaced?.Invoke(state);
        Publish(state);
    }

    /// <summary>Completes when something has been applied after <paramref name="seen"/>.</summary>
    [SuppressMessage("Reliability", "CA2016", Justification = "WaitAsync takes the token")]
    public Task WaitForChangeAsync(AppliedState seen, CancellationToken cancel)
    {
        Task next;
        lock (gate)
        {
            if (!ReferenceEquals(seen, current))
                return Task.CompletedTask;
            next = changed.Task;
        }

        return next.WaitAsync(cancel);
    }

    /// <summary>Waits until the state satisfies a condition, but not for ever.</summary>
    /// <returns>Whether it did in time.</returns>
    public async Task<bool> WaitUntilAsync(Func<AppliedState, bool> reached, TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        if (reached(current))
            return true;
        using CancellationTokenSource deadline = new(atMost, clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            for (AppliedState seen = current; !reached(seen); seen = current)
                await WaitForChangeAsync(seen, both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Publish(AppliedState state)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            current = state;
            signal = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.SetResult();
    }
}
