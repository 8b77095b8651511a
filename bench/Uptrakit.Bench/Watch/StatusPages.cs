using System.Diagnostics;

namespace Uptrakit.Bench.Watch;

/// <summary>The status page of many checks, as a reader gets it.</summary>
internal static class StatusPages
{
    private const int Runs = 11;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Places places, Report report, int count)
    {
        using Target target = new(places, "target-p");
        using QuCluster cluster = await QuCluster.StartAsync(places, "p", 1, target.Checks(count, Interval), static node => node.ServesPages());
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        Uri page = new(cluster.Nodes[0].Web, "/");
        await Task.Delay(Interval + TimeSpan.FromSeconds(5));
        long size = (await http.GetByteArrayAsync(page)).LongLength;
        List<double> times = [];
        for (int run = 0; run < Runs; run++)
        {
            // What was made for the reader before is not kept that long.
            await Task.Delay(TimeSpan.FromSeconds(16));
            long begin = Stopwatch.GetTimestamp();
            await http.GetByteArrayAsync(page);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        Figures taken = Figures.Of(times);
        report.Add(new($"status page of {count} checks, whole: median of {Runs}", "< 50 ms", $"{taken.Median:0.0} ms", $"slowest {taken.Sorted[^1]:0.0} ms", "", taken.Median < 50));
        report.Add(new("the same, size", "< 200 KB", $"{size / 1e3:0} KB", "not compressed", "", size < 200_000));
    }
}
