using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What <c>qu status</c> and <c>qu node list</c> show, from what this node knows.</summary>
internal sealed class StatusView(Node node, Standings standings, TimeProvider clock)
{
    private SortedChecks sorted = new(null, []);

    /// <param name="votesOf">Checks whose votes are told one by one.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="terse">Without what a table for people does not show: of ten thousand checks it is half of the answer.</param>
    public async Task<StatusReply> StatusAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel, bool terse = false)
    {
        // The leader counts while the rest is put together.
        Task<PresentCounts> counting = standings.NowAsync(votesOf, cancel);
        ClusterState state = node.Store.State;
        StatusReply reply = Self();
        // Sorted once, not for each of ten thousand checks.
        Alert[] alerts = [.. state.Alerts.Values.Where(static a => a.Enabled).OrderBy(static a => a.Name, StringComparer.Ordinal)];
        Check[] checks = Sorted(state.Checks);
        reply.Checks.Capacity = checks.Length;
        foreach (Check check in checks)
        {
            CheckRow row = Row(state, check, alerts);
            if (!terse)
                (row.Type, row.Target) = (Kinds.Text(check.Type), check.Target);
            reply.Checks.Add(row);
        }

        PresentCounts now = await counting.ConfigureAwait(false);
        for (int i = 0; i < checks.Length; i++)
        {
            if (now.Of(checks[i]) is { } standing)
                Count(reply.Checks[i], standing);
        }

        return reply;
    }

    /// <summary>By name; sorted when the checks are others, not each time that somebody looks.</summary>
    private Check[] Sorted(Named<Check> checks)
    {
        SortedChecks last = sorted;
        if (!ReferenceEquals(last.Of, checks))
            sorted = last = new SortedChecks(checks, [.. checks.Values.OrderBy(static c => c.Name, StringComparer.Ordinal)]);
        return last.Checks;
    }

    /// <summary>Everything but the checks: what this node knows without asking anybody.</summary>
    public StatusReply Self()
    {
        AppliedState applied = node.Store.Current;
        ClusterState state = applied.Cluster;
        int voters = VoterCount(state);
        StatusReply reply = new()
        {
            NodeId = node.Own.NodeId.ToString(),
            Role = RoleWord(),
            Master = node.Leader()?.ToString() ?? "",
            Term = node.Consensus?.Term ?? LearnedTerm(),
            Quorum = HasQuorum(),
            QuorumNeeded = (voters / 2) + 1,
            Voters = voters,
            ConfigVersion = state.Version,
            Applied = node.Consensus?.AppliedIndex ?? applied.Index,
            Commit = node.Consensus?.CommitIndex ?? applied.Index,
            ClusterId = state.ClusterId,
            Outbox = state.Outbox.Count,
            Software = VersionAction.Version,
        };
        reply.Peers.AddRange(Peers());
        reply.Warnings.AddRange(Warnings());
        return reply;
    }

    public IEnumerable<PeerStatus> Peers() => node.Store.State.Peers.Values.Select(Of);

    private PeerStatus Of(Peer peer)
    {
        bool isSelf = peer.NodeId == node.Own.NodeId.ToString();
        NodeId? id = NodeId.TryParse(peer.NodeId, out NodeId? parsed) ? parsed : null;
        Liveness.View? view = id is null ? null : node.Liveness.Of(id);
        PeerStatus status = new()
        {
            NodeId = peer.NodeId,
            Advertise = peer.Advertise,
            Role = peer.Role == Role.Probe ? "probe" : "voter",
            Live = isSelf || (id is not null && node.Liveness.IsLive(id)),
            LastSeenMs = isSelf ? clock.GetUtcNow().ToUnixTimeMilliseconds() : view?.SeenAt.ToUnixTimeMilliseconds() ?? 0,
            Applied = isSelf ? node.Store.Current.Index : view?.Last.Applied ?? 0,
            Consensus = id is not null && node.Consensus?.Voters.Contains(id) == true,
            Software = isSelf ? VersionAction.Version : view?.Last.Software ?? "",
            ClockOffsetMs = (long)(view?.ClockOffset.TotalMilliseconds ?? 0),
            Excluded = node.Store.State.IsExcluded(peer.NodeId),
        };
        status.Hears.AddRange(isSelf ? node.Liveness.Live.Select(static l => l.ToString()) : view?.Last.Heard ?? []);
        return status;
    }

    /// <summary>With the numbers that were committed.</summary>
    private static CheckRow Row(ClusterState state, Check check, Alert[] alerts)
    {
        CheckStatus status = state.StatusOf(check.Id);
        CheckRow row = new()
        {
            Id = check.Id,
            Name = check.Name,
            State = !check.Enabled ? "disabled" : Kinds.Text(status.State),
            Ok = status.Ok,
            Total = status.Total,
            Detail = status.Detail,
            SinceMs = status.SinceMs,
        };
        foreach (Alert alert in alerts)
        {
            if (ClusterState.IsEffective(alert, check))
                row.Alerts.Add(alert.IsDefault ? alert.Name + "*" : alert.Name);
        }

        return row;
    }

    /// <summary>The numbers of now in place of the committed ones.</summary>
    private static void Count(CheckRow row, CheckStanding now)
    {
        (row.Ok, row.Total, row.Detail) = (now.Ok, now.Total, now.Detail);
        row.Votes.AddRange(now.Votes.Select(static vote => new VoteRow
        {
            NodeId = vote.NodeId,
            State = Kinds.Text(!vote.Ok ? CheckState.Down : vote.Warn ? CheckState.Warn : CheckState.Up),
            LatencyUs = vote.LatencyUs,
            AgeMs = vote.AgeMs,
            Detail = vote.Detail,
            Excluded = vote.Excluded,
        }));
    }

    private string RoleWord()
    {
        if (node.Role == Role.Probe)
            return "learner";
        if (node.Obstacle is not null || node.Consensus is null)
            return "joining";
        return node.Consensus.Leads ? "leader" : "follower";
    }

    /// <summary>A probe knows by the leader that it hears of; a voter by its engine.</summary>
    public bool HasQuorum() => node.Consensus is { } engine ? engine.HasQuorum : node.Leader() is { } leader && node.Liveness.IsLive(leader);

    private int VoterCount(ClusterState state) =>
        node.Consensus?.Voters.Count is > 0 and var count ? count : state.Peers.Values.Count(static p => p.Role == Role.Voter && p.Joined);

    private long LearnedTerm() => node.Liveness.Live.Select(id => node.Liveness.Of(id)?.Last.Term ?? 0).DefaultIfEmpty(0).Max();

    private IEnumerable<string> Warnings()
    {
        if (node.Obstacle is { } obstacle)
            yield return obstacle;
        if (node.Chores.HeldBackBy is { } heldBack)
            yield return heldBack;
        foreach (NodeId peer in node.Liveness.Live)
        {
            if (node.Liveness.Of(peer) is { ClockReported: true } view)
                yield return $"the clock of {peer} differs from this node's by {view.ClockOffset.TotalSeconds:0} s";
        }

        if (MixedVersions.Of(Peers().Where(static peer => peer.Live).Select(static peer => (peer.NodeId, peer.Software))) is { } mixed)
            yield return mixed;
        ClusterState state = node.Store.State;
        foreach (Peer peer in state.Peers.Values.Where(peer => state.IsExcluded(peer.NodeId)))
        {
            yield return $"the votes of {peer.NodeId} ({peer.Advertise}) do not count since {Times.Iso(state.Members[peer.NodeId].ExcludedMs)}: "
                + "it fails most checks that the others see up; look at its network";
        }

        if (SealingChores.HeldBackBy(state) is { } inClear)
            yield return inClear;
        foreach (Trust.Digests.SpkiFingerprint contested in node.Directory.Pins.Contested)
            yield return $"the key {contested.ToPrefixedString()} is claimed by two members and trusted for neither";
    }

    private sealed record SortedChecks(Named<Check>? Of, Check[] Checks);
}
