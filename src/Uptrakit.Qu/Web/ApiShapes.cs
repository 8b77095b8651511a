using System.Text.Json.Serialization;

namespace Uptrakit.Qu.Web;

// What the API answers. Fields that are null are left out: readers without a token get what the status page shows, and nothing else.

internal sealed record ApiProblem(string Code, string Message);

internal sealed record ApiCounts(int Up, int Warn, int Degraded, int Down, int Unknown, int Maintenance);

internal sealed record ApiGroup(string Name, string State, int Checks);

internal sealed record ApiStatus(string Title, DateTimeOffset At, string State, bool Current, ApiCounts Checks, IReadOnlyList<ApiGroup> Groups)
{
    /// <summary>With the token.</summary>
    public ApiNodeStatus? Node { get; init; }
}

internal sealed record ApiNodeStatus(
    string NodeId, string Role, string Leader, bool Quorum, bool Fresh, long Term, long Applied, long ConfigVersion, int OutboxPending,
    IReadOnlyList<string> Warnings);

internal sealed record ApiUptime(
    [property: JsonPropertyName("7d")] double? Week, [property: JsonPropertyName("30d")] double? Month, [property: JsonPropertyName("90d")] double? Quarter);

internal sealed record ApiAcknowledgement(string By, DateTimeOffset At, DateTimeOffset? Until, string Note);

internal sealed record ApiSight(string NodeId, string State, double LatencyMs, double AgeMs, string Detail)
{
    /// <summary>True where the vote does not count now.</summary>
    public bool? Excluded { get; init; }
}

internal sealed record ApiCheck(string Id, string Name, string Group, string Description, string State, DateTimeOffset? Since)
{
    /// <summary>Shares from 0 to 1; only of one check.</summary>
    public ApiUptime? Uptime { get; init; }

    /// <summary>With the token.</summary>
    public ApiCheckInside? Inside { get; init; }
}

internal sealed record ApiCheckInside(
    string Type, string Target, bool Enabled, bool Hidden, IReadOnlyList<string> Tags, IReadOnlyList<string> Parents, double IntervalSeconds,
    double TimeoutSeconds, long ChangedIn, int Ok, int Total, string Detail, bool Flapping, ApiAcknowledgement? Acknowledged,
    IReadOnlyList<ApiSight> Nodes);

internal sealed record ApiChecks(IReadOnlyList<ApiCheck> Checks);

internal sealed record ApiResults(
    long Count, long Failures, long Warnings, double MeanMs, double LeastMs, double MostMs, double P50Ms, double P90Ms, double P95Ms, double P99Ms);

internal sealed record ApiPoint(DateTimeOffset At, ApiResults Results);

internal sealed record ApiHistory(
    string CheckId, string NodeId, DateTimeOffset From, DateTimeOffset To, double StepSeconds, double? Uptime, ApiResults Summary,
    IReadOnlyList<ApiPoint> Points);

internal sealed record ApiOutage(string CheckId, string Name, DateTimeOffset From, DateTimeOffset? To, double Seconds)
{
    /// <summary>With the token.</summary>
    public string? Detail { get; init; }
}

internal sealed record ApiOutages(IReadOnlyList<ApiOutage> Outages);

internal sealed record ApiNode(
    string NodeId, string Advertise, string Role, bool Live, bool Leader, DateTimeOffset? LastSeen, string Software, double ClockOffsetSeconds,
    bool Excluded);

internal sealed record ApiNodes(IReadOnlyList<ApiNode> Nodes);

internal sealed record ApiAlert(string Id, string Name, string Type, bool Enabled, bool Default, bool WatchesCluster, double AfterSeconds, long ChangedIn);

internal sealed record ApiAlerts(IReadOnlyList<ApiAlert> Alerts);

internal sealed record ApiWindow(string Id, string Name, DateTimeOffset From, DateTimeOffset To, bool All, IReadOnlyList<string> CheckIds);

internal sealed record ApiMaintenance(IReadOnlyList<ApiWindow> Maintenance);

/// <summary>What is asked, not what is answered. A field that is not known is refused: it would be one that does nothing.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiAcknowledge(string? By, string? Note, string? For, string? Until);
