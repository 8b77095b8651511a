using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Membership;

/// <summary>Takes this node through its life: a joiner learns, is seeded, starts its engine and becomes a voter; a probe only learns.</summary>
internal sealed class MemberLife(
    NodeId self, string engineFolder, StateStore store, PeerDirectory directory, PeerChannels channels, PeerConnections connections, Learner learner,
    Func<NodeId?> leader, Func<EngineLink, Consensus.Consensus> create, TimeProvider clock, ILogger<MemberLife> logger)
    : IVoterDesk, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private volatile Consensus.Consensus? consensus;

    /// <summary>The engine, while this node runs one.</summary>
    public Consensus.Consensus? Consensus => consensus;

    /// <summary>For people: why this node is not (yet) a full member. Null: it is.</summary>
    public string? Obstacle { get; private set; }

    private string Id => self.ToString();

    /// <summary>Starts the engine of a node that has one, and applies all it knows to be committed: before the port is open.</summary>
    public async Task RestoreAsync(CancellationToken cancel)
    {
        if (Directory.Exists(Path.Combine(engineFolder, "log")) || File.Exists(Path.Combine(engineFolder, "voters")))
            await StartEngineAsync(cancel).ConfigureAwait(false);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (consensus is null)
            {
                Obstacle = "waiting for the cluster to take this node in";
                await learner.FollowUntilAsync(MayVote, cancel).ConfigureAwait(false);
                await SeedAsync(cancel).ConfigureAwait(false);
            }
            else if (!consensus.Voters.Contains(self))
            {
                await BecomeVoterAsync(cancel).ConfigureAwait(false);
            }
            else
            {
                Obstacle = null;
            }

            if (consensus is { } engine && await engine.FaultAsync(cancel).ConfigureAwait(false) is { } fault)
                throw new IOException($"the log in {engineFolder} cannot be written: {fault}. Make room or mend the disk; nothing acknowledged is lost");
            await Task.Delay(Pause, clock, cancel).ConfigureAwait(false);
        }
    }

    public async Task<VoterReply> AdmitAsync(NodeId joiner, long applied, CancellationToken cancel)
    {
        if (consensus is not { Leads: true } engine)
            return new VoterReply { Leader = leader()?.ToString() ?? "", Message = "not the master" };
        if (!store.State.Peers.TryGetValue(joiner.ToString(), out Peer? peer) || peer.Role != Role.Voter)
            return new VoterReply { Message = "the role of this node is not voter" };
        if (engine.Voters.Contains(joiner))
            return new VoterReply { Accepted = true };
        // Every voter can be served from the log, or it does not become one (guard 2).
        if (applied < engine.LogStart)
            return new VoterReply { Reseed = true, Message = "the log no longer reaches back to the seed" };
        bool added = await engine.AddVoterAsync(joiner, cancel).ConfigureAwait(false);
        return new VoterReply { Accepted = added, Message = added ? "" : "it did not catch up in time" };
    }

    public Task<bool> StandByAsync(TimeSpan time, CancellationToken cancel) =>
        consensus is { } engine ? engine.StandByAsync(time, cancel) : Task.FromResult(false);

    public async ValueTask DisposeAsync()
    {
        if (consensus is { } engine)
        {
            connections.Engine = null;
            consensus = null;
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool MayVote(ClusterState state) => state.Peers.TryGetValue(Id, out Peer? me) && me.Role == Role.Voter;

    private async Task SeedAsync(CancellationToken cancel)
    {
        if (leader() is not { } from || from == self)
            return;
        Obstacle = "loading the state of the cluster";
        if (await learner.LoadSeedAsync(from, cancel).ConfigureAwait(false) is not { } seed)
            return;
        if (Directory.Exists(engineFolder))
            Directory.Delete(engineFolder, recursive: true);
        if (seed.Index > 0)
            new SnapshotFolder(Path.Combine(engineFolder, "snapshots")).WriteSeed(seed);
        await StartEngineAsync(cancel).ConfigureAwait(false);
    }

    private async Task StartEngineAsync(CancellationToken cancel)
    {
        store.Replace(new AppliedState(0, 0, ClusterState.Empty));
        EngineLink link = new(logger);
        Consensus.Consensus engine = create(link);
        await engine.StartAsync(cancel).ConfigureAwait(false);
        connections.Engine = link;
        consensus = engine;
    }

    private async Task BecomeVoterAsync(CancellationToken cancel)
    {
        if (directory.All.Count > 0 && !directory.All.ContainsKey(self))
        {
            Obstacle = "this node was removed from the cluster; to bring the machine back, wipe its data folder and join with a new token";
            return;
        }

        Obstacle = "catching up; not a voter yet";
        if (consensus is not { } engine || leader() is not { } to || channels.For(to) is not { } client)
            return;
        try
        {
            VoterReply reply = await client.RequestVoteAsync(
                new VoterRequest { Applied = engine.LogStart },
                deadline: clock.GetUtcNow().UtcDateTime.AddSeconds(30),
                cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
            if (reply.Reseed)
                await DropEngineAsync().ConfigureAwait(false);
            else if (!reply.Accepted)
                logger.NotVoterYet(reply.Message);
        }
        catch (RpcException fault)
        {
            cancel.ThrowIfCancellationRequested();
            logger.NotVoterYet(fault.Status.Detail);
        }
        catch (ObjectDisposedException)
        {
            // The channel was replaced meanwhile; the next round takes the new one.
        }
    }

    /// <summary>Only ever the engine of a node that never voted: what it holds is a copy.</summary>
    private async Task DropEngineAsync()
    {
        await DisposeAsync().ConfigureAwait(false);
        Directory.Delete(engineFolder, recursive: true);
    }
}
