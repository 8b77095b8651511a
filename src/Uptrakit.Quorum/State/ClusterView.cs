namespace Uptrakit.Quorum.State;

/// <summary>What <c>cluster.yaml</c> shows of the applied state.</summary>
internal sealed record ClusterView(
    string ClusterId,
    long Version,
    long UpdatedMs,
    string UpdatedBy,
    IReadOnlyList<string> Resolvers,
    IReadOnlyList<Peer> Peers,
    IReadOnlyList<Check> Checks,
    IReadOnlyList<Alert> Alerts,
    IReadOnlyList<PendingEnrollment> Enrollments)
{
    public IReadOnlyList<MaintenanceWindow> Windows { get; init; } = [];
}
