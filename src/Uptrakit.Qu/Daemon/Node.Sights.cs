using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Quorum.Watch;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <content>What this node tells of itself and knows of the others.</content>
internal sealed partial class Node
{
    private long directoryFloor;

    /// <summary>The index that the leader says it has applied, as far as is known here.</summary>
    private long LeaderApplied() => Leader() is { } leader && leader != Own.NodeId ? Liveness.Of(leader)?.Last.Applied ?? 0 : 0;

    /// <summary>What this node says of itself to that member.</summary>
    private Heartbeat Beat(NodeId to)
    {
        Quorum.Consensus.Consensus? engine = Consensus;
        Heartbeat beat = new()
        {
            AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Applied = Store.Current.Index,
            Version = Store.State.Version,
            DurableCheckpoint = engine?.DurableCheckpoint ?? 0,
            Leader = engine?.Leader?.ToString() ?? "",
            Term = engine?.Term ?? 0,
            Voter = engine is not null,
            Software = VersionAction.Version,
        };
        beat.Heard.AddRange(Liveness.Live.Select(static id => id.ToString()));
        // A voter is believed without the key; so no member is shown one that it does not need.
        bool withKeys = Role == Role.Probe && IsVoter(to);
        beat.Beats.AddRange(relay.Recent(Liveness.MaxBeats).Select(one => new PushBeat
        {
            CheckId = one.CheckId,
            AgeMs = (long)one.Age.TotalMilliseconds,
            Key = withKeys ? one.Key : "",
        }));
        return beat;
    }

    /// <summary>Who watches the watchers: each node by itself.</summary>
    private void Watch(NodeSecrets secrets, ILoggerFactory loggers)
    {
        LocalOutbox own = new(id => Store.State.Alerts.TryGet(id, out Alert? alert) ? alert : null);
        Add("quorum watch", new QuorumWatch(Own.NodeId, Store, SightOfQuorum, own, clock, loggers.CreateLogger<QuorumWatch>()).RunAsync);
        Add("own messages", new OutboxCourier(own, senders, clock, loggers.CreateLogger<OutboxCourier>()).RunAsync);
        if (settings.HeartbeatUrl.Length == 0)
            return;
        HeartbeatPing ping = new(
            settings.HeartbeatUrl, settings.HeartbeatInterval, ownProbes, secrets, () => web.Now() is { Quorum: true, Fresh: true } && Obstacle is null, clock,
            loggers.CreateLogger<HeartbeatPing>());
        Add("heartbeat URL", ping.RunAsync);
    }

    private QuorumSight SightOfQuorum() => new(
        status.HasQuorum(), heartbeats.IsRefused, $"It hears {Directory.Others.Count(Liveness.IsLive)} of {Directory.Others.Count()} other members.");

    private IEnumerable<MemberSight> SightsOfMembers()
    {
        yield return new MemberSight(Own.NodeId.ToString(), TimeSpan.Zero, TimeSpan.Zero);
        foreach (NodeId peer in Directory.Others)
        {
            Liveness.View? view = Liveness.Of(peer);
            yield return new MemberSight(peer.ToString(), view is null ? TimeSpan.MaxValue : clock.GetElapsedTime(view.Seen), view?.ClockOffset ?? TimeSpan.Zero);
        }
    }

    private void HearBeats(NodeId from, Heartbeat heard)
    {
        bool voter = IsVoter(from);
        foreach (PushBeat one in heard.Beats)
        {
            TimeSpan age = TimeSpan.FromMilliseconds(Math.Clamp(one.AgeMs, 0, 86_400_000));
            if (voter)
                relay.HeardFromVoter(one.CheckId, age);
            else
                relay.HeardFromProbe(one.CheckId, age, one.Key);
        }
    }

    private bool IsVoter(NodeId member) => Store.State.Peers.TryGetValue(member.ToString(), out Peer? peer) && peer.Role == Role.Voter;

    /// <summary>Members follow the newest state this node has seen: one that catches up from the beginning must not bring evicted keys back.</summary>
    private void Follow(AppliedState state)
    {
        if (state.Index < directoryFloor || state.Cluster.ClusterId.Length == 0)
            return;
        directoryFloor = state.Index;
        Directory.Replace(state.Cluster.Peers.Values);
    }

    private Found? Founding()
    {
        if (settings.ClusterId.Length == 0)
            return null;
        Peer peer = new()
        {
            NodeId = Own.NodeId.ToString(),
            Advertise = settings.Advertise,
            Role = Role.Voter,
            SealKey = sealKeys.Current.PublicKey,
            Keys = { Own.Key() },
        };
        // With keys from the first entry on, no secret is ever in clear in the log.
        Found found = new() { ClusterId = settings.ClusterId, Peer = peer };
        found.SealingKeys.AddRange(NewSealingKey.Audiences.Select(audience => NewSealingKey.For(settings.ClusterId, audience, [peer])));
        return found;
    }

    private AppliedState? LogStart(DataFolder folder)
    {
        long start = Consensus?.LogStart ?? 0;
        string path = new SnapshotFolder(Path.Combine(folder.Engine, "snapshots")).CurrentPath(start);
        return start > 0 && SnapshotFile.TryRead(path, out AppliedState? state) ? state : null;
    }
}
