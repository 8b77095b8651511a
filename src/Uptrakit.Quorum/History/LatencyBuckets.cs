using System.Runtime.CompilerServices;

namespace Uptrakit.Quorum.History;

/// <summary>Counts of latencies by size: fine enough that percentiles can be told within a third, small enough to keep for a year.</summary>
[InlineArray(Length)]
internal struct LatencyBuckets
{
    /// <summary>With the last one, which has no upper bound. The codec has five bits for the number of a bucket.</summary>
    public const int Length = 25;

    private static readonly int[] Bounds =
    [
        500, 1_000, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 50_000, 75_000, 100_000, 150_000, 200_000, 300_000, 500_000,
        750_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000,
    ];

    private int first;

    /// <summary>Upper bounds in microseconds, inclusive; the last bucket has none.</summary>
    public static ReadOnlySpan<int> UpperUs => Bounds;

    public static int IndexOf(long us)
    {
        int at = Bounds.AsSpan().BinarySearch((int)Math.Min(us, int.MaxValue));
        return at < 0 ? ~at : at;
    }

    /// <summary>The latency below which a share of all lies, in microseconds; between two bounds it is interpolated.</summary>
    /// <param name="counts">What was counted.</param>
    /// <param name="share">0 to 1.</param>
    /// <param name="min">The smallest one seen, which is closer than the lower bound of the first bucket.</param>
    /// <param name="max">The largest one seen.</param>
    public static long Percentile(ReadOnlySpan<int> counts, double share, long min, long max)
    {
        long total = 0;
        foreach (int count in counts)
            total += count;
        if (total == 0)
            return 0;
        double rank = share * total;
        double below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0 && below + counts[i] >= rank)
            {
                long low = Math.Max(i == 0 ? 0 : Bounds[i - 1], min);
                long high = Math.Min(i < Bounds.Length ? Bounds[i] : max, max);
                return (long)(low + (Math.Max(0, high - low) * (rank - below) / counts[i]));
            }

            below += counts[i];
        }

        return max;
    }
}
