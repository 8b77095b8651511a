using System.Diagnostics;

namespace Uptrakit.Bench;

/// <summary>Milliseconds of many operations, sorted, and how long all of them took.</summary>
internal sealed record Figures(double[] Sorted, double Seconds)
{
    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double PerSecond => Sorted.Length / Seconds;

    public static Figures Of(IEnumerable<double> milliseconds, double seconds = 1) => new([.. milliseconds.Order()], seconds);

    public static Figures Together(IReadOnlyCollection<Figures> rounds) =>
        Of(rounds.SelectMany(static r => r.Sorted), rounds.Sum(static r => r.Seconds));

    /// <summary>So many writers, each with one operation after the other.</summary>
    public static async Task<Figures> MeasureAsync(int writers, double seconds, Func<Task<bool>> operation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        List<double>[] each = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            List<double> taken = [];
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                long begin = Stopwatch.GetTimestamp();
                if (!await operation())
                    throw new InvalidOperationException("a change was not acknowledged");
                taken.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            return taken;
        })));
        return Of(each.SelectMany(static e => e), clock.Elapsed.TotalSeconds);
    }

    private double At(double share) => Sorted[Math.Min(Sorted.Length - 1, (int)(Sorted.Length * share))];
}
