using System.Collections.Concurrent;

namespace Uptrakit.Quorum.History;

/// <summary>The last result of this node's probes of one check.</summary>
internal sealed record LatestResult(ProbeGrade Grade, TimeSpan Latency, string Detail, DateTimeOffset At);

/// <summary>The last result of each check, and how long all probes took: what a scrape asks for, kept in memory.</summary>
internal sealed class LatestResults
{
    private readonly ConcurrentDictionary<string, LatestResult> latest = new(StringComparer.Ordinal);
    private readonly long[] durations = new long[LatencyBuckets.Length];
    private readonly long[] grades = new long[3];
    private long sumUs;

    public LatestResult? Of(string checkId) => latest.GetValueOrDefault(checkId);

    /// <summary>Probes so far, by how long they took; the bounds are those of <see cref="LatencyBuckets"/>.</summary>
    public long[] Durations() => [.. durations.Select((_, i) => Interlocked.Read(ref durations[i]))];

    public TimeSpan DurationSum => TimeSpan.FromMicroseconds(Interlocked.Read(ref sumUs));

    public long CountOf(ProbeGrade grade) => Interlocked.Read(ref grades[(int)grade]);

    public void Record(string checkId, LatestResult result)
    {
        latest[checkId] = result;
        long us = Math.Max(0, (long)result.Latency.TotalMicroseconds);
        Interlocked.Increment(ref durations[LatencyBuckets.IndexOf(us)]);
        Interlocked.Add(ref sumUs, us);
        Interlocked.Increment(ref grades[(int)result.Grade]);
    }

    /// <summary>Of checks that are gone nothing is told.</summary>
    public void Keep(Func<string, bool> exists)
    {
        foreach (string gone in latest.Keys.Where(id => !exists(id)))
            latest.TryRemove(gone, out _);
    }
}
