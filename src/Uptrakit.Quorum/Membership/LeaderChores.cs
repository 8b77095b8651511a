using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Membership;

/// <summary>What the leader keeps in order, once a second: founding, members that arrived, the log, expired tokens, who leads.</summary>
internal sealed class LeaderChores(
    NodeId self, StateStore store, Func<Consensus.Consensus?> consensus, LeaderDesk desk, Liveness liveness, PeerChannels channels,
    Func<Found?> founding, TimeProvider clock, ILogger<LeaderChores> logger)
{
    /// <summary>A returning voter with a smaller NodeID leads again after this long without a break.</summary>
    public static readonly TimeSpan Cooldown = TimeSpan.FromMinutes(2);

    /// <summary>Log entries that a missing voter may hold back before it is reported.</summary>
    private const int BacklogBound = 50_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(3);
    private long leadsSince;
    private long reported;

    /// <summary>For people: a voter that keeps the log from being forgotten.</summary>
    public string? HeldBackBy { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, clock);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            if (consensus() is not { Leads: true } engine)
            {
                leadsSince = 0;
                continue;
            }

            if (leadsSince == 0)
                leadsSince = clock.GetTimestamp();
            try
            {
                using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                deadline.CancelAfter(RoundTime);
                await TidyAsync(engine, deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Something hung; the next round begins anew.
            }
            catch (Exception lost) when (lost is InvalidOperationException or IOException or RpcException)
            {
                // Leadership went meanwhile: whoever has it now does the chores.
            }
        }
    }

    private async Task TidyAsync(Consensus.Consensus engine, CancellationToken cancel)
    {
        if (store.State.ClusterId.Length == 0)
        {
            if (founding() is { } found)
                await CommitAsync(new Command { Found = found }, cancel).ConfigureAwait(false);
            return;
        }

        await WithdrawVotesAsync(engine, cancel).ConfigureAwait(false);
        await WelcomeAsync(engine, cancel).ConfigureAwait(false);
        await PruneAsync(cancel).ConfigureAwait(false);
        await KeepLogAsync(engine, cancel).ConfigureAwait(false);
        await HandOverAsync(engine, cancel).ConfigureAwait(false);
    }

    /// <summary>A voter that is no member (an eviction that was interrupted) loses its vote.</summary>
    private async Task WithdrawVotesAsync(Consensus.Consensus engine, CancellationToken cancel)
    {
        foreach (NodeId voter in engine.Voters)
        {
            if (voter != self && (!store.State.Peers.TryGetValue(voter.ToString(), out Peer? peer) || peer.Role != Role.Voter))
                await engine.RemoveVoterAsync(voter, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A member that has arrived counts in votes on checks from then on; one that never starts never does.</summary>
    private async Task WelcomeAsync(Consensus.Consensus engine, CancellationToken cancel)
    {
        foreach (Peer peer in store.State.Peers.Values.Where(static p => !p.Joined))
        {
            bool here = NodeId.TryParse(peer.NodeId, out NodeId? id) && liveness.IsLive(id!)
                && (peer.Role == Role.Probe || engine.Voters.Contains(id!));
            if (here)
                await CommitAsync(new Command { MarkJoined = new MarkJoined { NodeId = peer.NodeId } }, cancel).ConfigureAwait(false);
        }
    }

    private async Task PruneAsync(CancellationToken cancel)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (store.State.Enrollments.Values.Any(e => e.ExpiresMs <= now) || store.State.Consumed.Values.Any(e => e.ExpiresMs <= now))
            await CommitAsync(new Command { PruneEnrollments = new PruneEnrollments() }, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Guard 2: the log is forgotten only up to a checkpoint that every voter has on its disk, so that every voter can always be
    /// served from the log.
    /// </summary>
    private async Task KeepLogAsync(Consensus.Consensus engine, CancellationToken cancel)
    {
        ClusterState state = store.State;
        if (state.Checkpoint > engine.LogStart)
        {
            (NodeId? slowest, long held) = Slowest(engine);
            if (held >= state.Checkpoint)
            {
                await engine.WhileVotersStayAsync(
                    () => CommitAsync(new Command { Compact = new Compact { Index = state.Checkpoint } }, cancel), cancel).ConfigureAwait(false);
                logger.Compacted(state.Checkpoint);
                HeldBackBy = null;
                return;
            }

            Report(engine, slowest, held);
            if (engine.CommitIndex - state.Checkpoint < BacklogBound)
                return;
        }

        // Secrets that were sealed late stand in the entries before in clear: those are forgotten as soon as they can be.
        if (engine.CommitIndex - Math.Max(state.Checkpoint, engine.LogStart) >= engine.CheckpointEvery || state.ClearUntil > state.Checkpoint)
            await CommitAsync(new Command { Checkpoint = new Checkpoint() }, cancel).ConfigureAwait(false);
    }

    private (NodeId? Voter, long Index) Slowest(Consensus.Consensus engine) => engine.Voters
        .Select(v => (Voter: (NodeId?)v, Index: v == self ? engine.DurableCheckpoint : liveness.Of(v)?.Last.DurableCheckpoint ?? 0))
        .MinBy(static v => v.Index);

    private void Report(Consensus.Consensus engine, NodeId? slowest, long held)
    {
        if (slowest is null || engine.CommitIndex - engine.LogStart < BacklogBound)
            return;
        HeldBackBy = $"{slowest} holds the log back at {held} of {engine.CommitIndex}; if it will not come back, remove it with 'qu node remove'";
        if (engine.CommitIndex - reported >= BacklogBound)
        {
            reported = engine.CommitIndex;
            logger.HeldBack(slowest, held, engine.CommitIndex);
        }
    }

    /// <summary>Who is to lead in place of this node; null: nobody, for now.</summary>
    /// <param name="self">This node, which leads.</param>
    /// <param name="voters">In their order.</param>
    /// <param name="liveness">What this node has heard.</param>
    /// <param name="leadsFor">How long this node has led without a break.</param>
    internal static NodeId? HeirOf(NodeId self, IEnumerable<NodeId> voters, Liveness liveness, TimeSpan leadsFor)
    {
        NodeId? smallest = voters.FirstOrDefault(v => v == self || liveness.IsLive(v));
        return smallest is null || smallest == self || liveness.LiveFor(smallest) < Cooldown || leadsFor < Cooldown ? null : smallest;
    }

    private async Task HandOverAsync(Consensus.Consensus engine, CancellationToken cancel)
    {
        if (HeirOf(self, engine.Voters, liveness, clock.GetElapsedTime(leadsSince)) is not { } smallest
            || liveness.Of(smallest)?.Last.Applied < engine.CommitIndex - 1000)
            return;

        logger.HandingOver(smallest);
        IEnumerable<Task> bystanders = engine.Voters
            .Where(v => v != self && v != smallest && liveness.IsLive(v))
            .Select(v => AskToStandByAsync(v, cancel));
        await Task.WhenAll(bystanders.Append(engine.StandByAsync(HandOverTime, cancel))).ConfigureAwait(false);
    }

    private async Task AskToStandByAsync(NodeId voter, CancellationToken cancel)
    {
        try
        {
            if (channels.For(voter) is { } client)
            {
                await client.StandByAsync(
                    new StandByRequest { ForMs = (long)HandOverTime.TotalMilliseconds },
                    deadline: clock.GetUtcNow().UtcDateTime + HandOverTime + HandOverTime,
                    cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is RpcException or ObjectDisposedException)
        {
            // It takes part in the election then, and may win it: no harm, the next cooldown tries again.
        }
    }

    private Task<Outcome?> CommitAsync(Command command, CancellationToken cancel)
    {
        command.Id = Proposer.NewId();
        return desk.CommitOwnAsync(command, cancel);
    }
}
