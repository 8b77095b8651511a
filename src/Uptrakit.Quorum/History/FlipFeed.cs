using System.Collections.Immutable;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>Hears of the committed flips from the replicated state and holds them until they are on the disk.</summary>
/// <remarks>
/// Each flip is taken once: a log that is read again after a restart is skipped up to the place that the file stands at, and a
/// state that replaces the former one is compared with what is known. Where too many wait for the disk they are dropped, and
/// the state is compared instead: then only what happened in between is lost, never how it ended.
/// </remarks>
internal sealed class FlipFeed : IDisposable
{
    private const int MaxWaiting = 20_000;
    private readonly StateStore store;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (CheckState State, long SinceMs)> known = new(StringComparer.Ordinal);
    private readonly Queue<CommittedFlip> waiting = new();
    private ImmutableDictionary<string, CheckStatus>? statuses;
    private string clusterId = "";
    private long position;
    private bool ready;
    private bool missed;

    public FlipFeed(StateStore store)
    {
        this.store = store;
        store.Applied += OnApplied;
        store.Replaced += OnReplaced;
    }

    public string ClusterId
    {
        get
        {
            lock (gate)
                return clusterId;
        }
    }

    public void Dispose()
    {
        store.Applied -= OnApplied;
        store.Replaced -= OnReplaced;
    }

    /// <summary>What the file knows. From then on flips are taken; those before are found by comparing.</summary>
    public void StandAt(string cluster, long index, IEnumerable<(string CheckId, CheckState State, long SinceMs)> states)
    {
        lock (gate)
        {
            (clusterId, position, ready, missed, statuses) = (cluster, index, true, false, null);
            waiting.Clear();
            known.Clear();
            foreach ((string id, CheckState state, long since) in states)
                known[id] = (state, since);
            AppliedState now = store.Current;
            if (now.Cluster.ClusterId.Length > 0)
                Take(now, null, 0);
        }
    }

    /// <summary>The oldest that wait; they stay until <see cref="Forget"/>.</summary>
    public CommittedFlip[] Waiting(int atMost)
    {
        lock (gate)
        {
            if (waiting.Count == 0 && missed)
            {
                missed = false;
                LookAtAll(store.Current, 0);
            }

            return [.. waiting.Take(atMost)];
        }
    }

    /// <summary>They are on the disk.</summary>
    public void Forget(int count)
    {
        lock (gate)
        {
            for (; count > 0; count--)
                waiting.Dequeue();
        }
    }

    /// <summary>Compares all: a cluster that was restored from a backup counts its log from the beginning again.</summary>
    public void Compare()
    {
        lock (gate)
        {
            if (!ready || waiting.Count > 0)
                return;
            LookAtAll(store.Current, 0, onlyNewer: true);
            if (waiting.Count > 0)
                position = Math.Min(position, store.Current.Index);
        }
    }

    private void OnApplied(AppliedState applied, Command command, Outcome outcome)
    {
        lock (gate)
            Take(applied, command, command.AtMs);
    }

    private void OnReplaced(AppliedState applied)
    {
        lock (gate)
            Take(applied, null, applied.Cluster.UpdatedMs);
    }

    private void Take(AppliedState applied, Command? command, long atMs)
    {
        if (!ready || applied.Cluster.ClusterId.Length == 0 || ReferenceEquals(statuses, applied.Cluster.Statuses))
            return;
        if (applied.Cluster.ClusterId != clusterId)
            (clusterId, position) = (applied.Cluster.ClusterId, 0);
        if (applied.Index <= position)
            return;
        (statuses, position) = (applied.Cluster.Statuses, applied.Index);
        List<string> touched = [];
        if (command is null || !Touch(command, touched))
        {
            LookAtAll(applied, atMs);
            return;
        }

        foreach (string id in touched)
            Look(applied, id, atMs);
    }

    /// <summary>Which checks a command may have flipped; false: any.</summary>
    private static bool Touch(Command command, List<string> ids)
    {
        switch (command.ChangeCase)
        {
            case Command.ChangeOneofCase.Transition:
                ids.Add(command.Transition.CheckId);
                return true;
            case Command.ChangeOneofCase.PutCheck when command.PutCheck.Check is { } check:
                ids.Add(check.Id);
                return true;
            case Command.ChangeOneofCase.RemoveCheck when Names.IsCheckId(command.RemoveCheck.Id):
                ids.Add(command.RemoveCheck.Id);
                return true;
            case Command.ChangeOneofCase.Batch:
                return command.Batch.Commands.All(each => Touch(each, ids));
            default:
                return false;
        }
    }

    private void LookAtAll(AppliedState applied, long atMs, bool onlyNewer = false)
    {
        foreach (string id in known.Keys.Where(id => !applied.Cluster.Statuses.ContainsKey(id)).ToArray())
        {
            if (!onlyNewer)
                Look(applied, id, atMs);
        }

        foreach ((string id, CheckStatus status) in applied.Cluster.Statuses)
        {
            if (!onlyNewer || status.SinceMs > known.GetValueOrDefault(id).SinceMs)
                Look(applied, id, atMs);
        }
    }

    private void Look(AppliedState applied, string id, long atMs)
    {
        (CheckState state, _) = known.GetValueOrDefault(id);
        CheckStatus? status = applied.Cluster.Statuses.GetValueOrDefault(id);
        CheckState now = status?.State ?? CheckState.Unknown;
        if (now == state || id.Length == 0)
            return;
        if (waiting.Count >= MaxWaiting)
        {
            missed = true;
            return;
        }

        long since = status?.SinceMs ?? (atMs > 0 ? atMs : applied.Cluster.UpdatedMs);
        known[id] = (now, since);
        waiting.Enqueue(new(applied.Index, id, now, since, status?.Detail ?? "", status is not null));
    }
}
