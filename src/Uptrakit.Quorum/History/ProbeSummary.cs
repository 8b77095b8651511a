namespace Uptrakit.Quorum.History;

/// <summary>Counts and latencies of probes. Latencies are those of probes that did not fail, percentiles are told from buckets.</summary>
internal sealed record ProbeSummary(
    long Count, long Failures, long Warnings, TimeSpan Mean, TimeSpan Least, TimeSpan Most, TimeSpan P50, TimeSpan P90, TimeSpan P95, TimeSpan P99)
{
    public static ProbeSummary Of(ProbeTally tally) => new(
        tally.Count,
        tally.Failures,
        tally.Warnings,
        Us(tally.Timed > 0 ? tally.SumUs / tally.Timed : 0),
        Us(tally.LeastUs),
        Us(tally.MostUs),
        At(tally, 0.5),
        At(tally, 0.9),
        At(tally, 0.95),
        At(tally, 0.99));

    private static TimeSpan At(ProbeTally tally, double share) =>
        Us(LatencyBuckets.Percentile(tally.Buckets, share, tally.LeastUs, tally.MostUs));

    private static TimeSpan Us(long us) => TimeSpan.FromMicroseconds(us);
}
