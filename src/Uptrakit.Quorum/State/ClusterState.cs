using System.Collections.Immutable;
using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>Everything the cluster has agreed on after one command: immutable, so that readers need no lock.</summary>
/// <remarks>The protobuf objects inside are never changed once they are in here; a change puts a clone in their place.</remarks>
internal sealed record ClusterState
{
    public static ClusterState Empty { get; } = new();

    public string ClusterId { get; init; } = "";

    public long Version { get; init; }

    public long UpdatedMs { get; init; }

    public string UpdatedBy { get; init; } = "";

    public ImmutableArray<string> Resolvers { get; init; } = [];

    public long ResolversChangedIn { get; init; }

    public ImmutableSortedDictionary<string, Peer> Peers { get; init; } = Sorted<Peer>();

    public ImmutableHashSet<string> RemovedNodeIds { get; init; } = [];

    public Named<Check> Checks { get; init; } = Named<Check>.Empty;

    public Named<Alert> Alerts { get; init; } = Named<Alert>.Empty;

    public Named<PendingEnrollment> Enrollments { get; init; } = Named<PendingEnrollment>.Empty;

    public ImmutableSortedDictionary<string, ConsumedEnrollment> Consumed { get; init; } = Sorted<ConsumedEnrollment>();

    public Named<MaintenanceWindow> Windows { get; init; } = Named<MaintenanceWindow>.Empty;

    /// <summary>What is wrong with members; who is not in here is well.</summary>
    public ImmutableSortedDictionary<string, MemberStatus> Members { get; init; } = Sorted<MemberStatus>();

    public ImmutableDictionary<string, CheckStatus> Statuses { get; init; } =
        ImmutableDictionary<string, CheckStatus>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Messages not yet delivered, by id; ids sort in the order of the transitions.</summary>
    public ImmutableSortedDictionary<string, OutboxEntry> Outbox { get; init; } = Sorted<OutboxEntry>();

    /// <summary>Messages that made room undelivered, ever.</summary>
    public long OutboxDropped { get; init; }

    public RecentCommands Recent { get; init; } = RecentCommands.Empty;

    /// <summary>Index of the last checkpoint command: every voter writes its snapshot there.</summary>
    public long Checkpoint { get; init; }

    /// <summary>Index up to which every voter may forget its log.</summary>
    public long Compacted { get; init; }

    /// <summary>The keys of sealed secrets. Of an audience, the last one that is not retired is in use.</summary>
    public ImmutableArray<SealingKey> SealingKeys { get; init; } = [];

    /// <summary>Entries up to this one may hold secrets in clear: they are forgotten as soon as they can be.</summary>
    public long ClearUntil { get; init; }

    /// <summary>The key that new secrets are sealed with; null: this cluster seals nothing yet.</summary>
    public SealingKey? SealingKeyFor(SealingAudience audience) =>
        SealingKeys.LastOrDefault(key => key.Audience == audience && !key.Retired) ?? SealingKeys.LastOrDefault(key => key.Audience == audience);

    public SealingKey? SealingKeyOf(ReadOnlySpan<byte> id)
    {
        foreach (SealingKey key in SealingKeys)
        {
            if (key.Id.Span.SequenceEqual(id))
                return key;
        }

        return null;
    }

    public CheckStatus StatusOf(string checkId) => Statuses.GetValueOrDefault(checkId) ?? new CheckStatus { CheckId = checkId };

    /// <summary>Members whose votes on checks are counted: everybody who has been here at least once.</summary>
    public IEnumerable<Peer> Joined => Peers.Values.Where(static p => p.Joined);

    /// <summary>The votes of this member do not count now.</summary>
    public bool IsExcluded(string nodeId) => Members.GetValueOrDefault(nodeId)?.ExcludedMs > 0;

    /// <summary>The members that would still vote are a majority of all. One that is lost does not vote.</summary>
    public bool MayExcludeOneMore => (Joined.Count(peer => Members.GetValueOrDefault(peer.NodeId) is { } noted && (noted.ExcludedMs > 0 || noted.LostMs > 0)) + 1) * 2 < Joined.Count();

    /// <summary>(alerts of the check ∪ defaults) − suppressed − disabled, in the order of their names.</summary>
    public IEnumerable<Alert> EffectiveAlerts(Check check) => Alerts.Values
        .Where(a => IsEffective(a, check))
        .OrderBy(static a => a.Name, StringComparer.Ordinal);

    public static bool IsEffective(Alert alert, Check check) =>
        alert.Enabled && (alert.IsDefault || check.AlertIds.Contains(alert.Id)) && !check.SuppressAlertIds.Contains(alert.Id);

    public StateSnapshot ToSnapshot()
    {
        StateSnapshot snapshot = new()
        {
            ClusterId = ClusterId,
            Version = Version,
            UpdatedMs = UpdatedMs,
            UpdatedBy = UpdatedBy,
            ResolversChangedIn = ResolversChangedIn,
            Checkpoint = Checkpoint,
            Compacted = Compacted,
            ClearUntil = ClearUntil,
            OutboxDropped = OutboxDropped,
        };
        snapshot.Resolvers.AddRange(Resolvers);
        snapshot.Peers.AddRange(Peers.Values);
        snapshot.RemovedNodeIds.AddRange(RemovedNodeIds.Order(StringComparer.Ordinal));
        snapshot.Checks.AddRange(Checks.Values);
        snapshot.Alerts.AddRange(Alerts.Values);
        snapshot.Enrollments.AddRange(Enrollments.Values);
        snapshot.Consumed.AddRange(Consumed.Values);
        snapshot.Statuses.AddRange(Statuses.Values.OrderBy(static s => s.CheckId, StringComparer.Ordinal));
        snapshot.Outbox.AddRange(Outbox.Values);
        snapshot.Recent.AddRange(Recent.InOrder());
        snapshot.Windows.AddRange(Windows.Values);
        snapshot.Members.AddRange(Members.Values);
        snapshot.SealingKeys.AddRange(SealingKeys);
        return snapshot;
    }

    public static ClusterState FromSnapshot(StateSnapshot snapshot) => new()
    {
        ClusterId = snapshot.ClusterId,
        Version = snapshot.Version,
        UpdatedMs = snapshot.UpdatedMs,
        UpdatedBy = snapshot.UpdatedBy,
        Resolvers = [.. snapshot.Resolvers],
        ResolversChangedIn = snapshot.ResolversChangedIn,
        Checkpoint = snapshot.Checkpoint,
        Compacted = snapshot.Compacted,
        Peers = Sorted<Peer>().AddRange(snapshot.Peers.Select(static p => KeyValuePair.Create(p.NodeId, p))),
        RemovedNodeIds = [.. snapshot.RemovedNodeIds],
        Checks = Named<Check>.Of(snapshot.Checks, static c => (c.Id, c.Name)),
        Alerts = Named<Alert>.Of(snapshot.Alerts, static a => (a.Id, a.Name)),
        Enrollments = Named<PendingEnrollment>.Of(snapshot.Enrollments, static e => (e.Id, e.Name)),
        Consumed = Sorted<ConsumedEnrollment>().AddRange(snapshot.Consumed.Select(static c => KeyValuePair.Create(c.Id, c))),
        Statuses = Empty.Statuses.AddRange(snapshot.Statuses.Select(static s => KeyValuePair.Create(s.CheckId, s))),
        Outbox = Sorted<OutboxEntry>().AddRange(snapshot.Outbox.Select(static o => KeyValuePair.Create(o.Id, o))),
        Recent = RecentCommands.Of(snapshot.Recent),
        Windows = Named<MaintenanceWindow>.Of(snapshot.Windows, static w => (w.Id, w.Name)),
        SealingKeys = [.. snapshot.SealingKeys],
        ClearUntil = snapshot.ClearUntil,
        OutboxDropped = snapshot.OutboxDropped,
        Members = Sorted<MemberStatus>().AddRange(snapshot.Members.Select(static m => KeyValuePair.Create(m.NodeId, m))),
    };

    private static ImmutableSortedDictionary<string, T> Sorted<T>() =>
        ImmutableSortedDictionary<string, T>.Empty.WithComparers(StringComparer.Ordinal);
}
