namespace Uptrakit.Quorum.State;

/// <summary>A <c>cluster.yaml</c> that somebody wrote, read but not yet compared with anything. Without windows it is of an older version: they stay.</summary>
internal sealed record ClusterEdit(
    long Version,
    IReadOnlyList<string> Resolvers,
    IReadOnlyList<Edited<Check>> Checks,
    IReadOnlyList<Edited<Alert>> Alerts,
    IReadOnlyList<Edited<MaintenanceWindow>>? Windows,
    YamlFields Document);

/// <summary>An object as the file has it, and where; alerts may still be named instead of given by id.</summary>
internal sealed record Edited<T>(T Value, YamlFields At);
