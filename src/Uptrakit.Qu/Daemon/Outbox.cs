using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>The replicated outbox as the courier sees it.</summary>
internal sealed class Outbox(
    StateStore store, LeaderDesk desk, Func<Quorum.Consensus.Consensus?> consensus, TimeProvider clock, ILogger<OutboxCourier> logger) : IOutbox
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    // What was dropped before this node led was told by who led then.
    private long saidDropped = -1;
    private long? saidAt;

    public IReadOnlyList<(OutboxEntry Entry, Alert? Alert)> Pending()
    {
        ClusterState state = store.State;
        SayDropped(state.OutboxDropped);
        return [.. state.Outbox.Values.Select(entry => (entry, state.Alerts.TryGet(entry.AlertId, out Alert? alert) ? alert : null))];
    }

    private void SayDropped(long dropped)
    {
        if (saidDropped < 0)
            saidDropped = dropped;
        if (dropped == saidDropped || (saidAt is { } last && clock.GetElapsedTime(last) < BetweenWarnings))
            return;
        logger.OutboxFull(dropped - saidDropped);
        (saidDropped, saidAt) = (dropped, clock.GetTimestamp());
    }

    public async ValueTask<bool> IsLeaderForSureAsync(CancellationToken cancel) =>
        consensus() is { } engine && await engine.ConfirmLeadershipAsync(cancel).ConfigureAwait(false);

    public async ValueTask MarkDeliveredAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        Delivered delivered = new();
        delivered.Ids.AddRange(ids);
        Command command = new() { Id = Proposer.NewId(), Delivered = delivered };
        Outcome? outcome = await desk.CommitOwnAsync(command, cancel).ConfigureAwait(false);
        if (outcome is not { Status: OutcomeStatus.Done })
            throw new InvalidOperationException("the delivery could not be committed");
    }

    public async ValueTask WaitForChangeAsync(CancellationToken cancel)
    {
        // Only the outbox and the alerts matter here; most commands touch neither.
        AppliedState begin = store.Current;
        for (AppliedState seen = begin; ; seen = store.Current)
        {
            await store.WaitForChangeAsync(seen, cancel).ConfigureAwait(false);
            ClusterState now = store.State;
            if (!ReferenceEquals(now.Outbox, begin.Cluster.Outbox) || !ReferenceEquals(now.Alerts, begin.Cluster.Alerts))
                return;
        }
    }
}
