namespace Uptrakit.Quorum.History;

/// <summary>What this node's probes of one check came to, from <paramref name="At"/> on for as long as the points are apart.</summary>
internal sealed record HistoryPoint(DateTimeOffset At, ProbeSummary Results);

/// <summary>Points of one check, all equally far apart; times without a probe have none.</summary>
internal sealed record HistoryCurve(TimeSpan Step, IReadOnlyList<HistoryPoint> Points)
{
    public static HistoryCurve Empty { get; } = new(TimeSpan.FromMinutes(1), []);
}
