namespace Uptrakit.Quorum.History;

/// <summary>
/// A check was down, by the cluster's vote. It ends when the check works again, when a maintenance window opens, or when it is
/// switched off; while nobody knows, it goes on.
/// </summary>
internal sealed record Outage(long Number, string CheckId, DateTimeOffset From, DateTimeOffset? To, string Detail);
