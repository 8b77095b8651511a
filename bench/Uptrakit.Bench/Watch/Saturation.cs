using System.Diagnostics;

namespace Uptrakit.Bench.Watch;

/// <summary>What one HTTP probe costs when nothing waits: everything that the process does, through the probes that arrived.</summary>
internal static class Saturation
{
    private const double Most = 0.25;
    private const int Checks = 6000;
    private const int AtOnce = 8;

    public static async Task RunAsync(Places places, Report report, int rounds, TimeSpan time)
    {
        using Target target = new(places, "target-s");
        using QuCluster cluster = await QuCluster.StartAsync(places, "w", 1, target.Checks(Checks, TimeSpan.FromSeconds(1)));
        using Blackbox? blackbox = Blackbox.File is null ? null : new(places, "blackbox-s");
        if (blackbox is not null)
            await blackbox.ReadyAsync(target.Of("blackbox", 0));
        List<double> ours = [], theirs = [], bare = [];
        double rate = 0;
        for (int round = 0; round < rounds; round++)
        {
            cluster.Nodes[0].Process.Resume();
            await Task.Delay(TimeSpan.FromSeconds(3));
            (double cpu, double perSecond) = await OursAsync(target, cluster.Nodes[0], time);
            ours.Add(cpu);
            rate = Math.Max(rate, perSecond);
            // It would go on probing while the others are measured.
            cluster.Nodes[0].Process.Pause();
            if (blackbox is not null)
                theirs.Add(await TheirsAsync(target, blackbox, time));
            bare.Add(await BareAsync(target, time / 2));
        }

        cluster.Nodes[0].Process.Resume();
        (Figures a, Figures b, Figures c) = (Figures.Of(ours), Figures.Of(theirs), Figures.Of(bare));
        report.Add(new($"CPU of one HTTP probe with a fresh connection, at saturation, median of {rounds}", "≤ 0.25 ms", $"{a.Median:0.000} ms",
            theirs.Count > 0 ? $"blackbox {b.Median:0.000} ms" : "blackbox is not installed", theirs.Count > 0 ? $"{a.Median / b.Median:0.00}" : "", a.Median <= Most));
        report.Add(new("the same, nothing but a GET with a fresh connection from .NET", "", "", $"{c.Median:0.000} ms", $"{a.Median / c.Median:0.00}", null));
        report.Add(new("probes in a second, all in one node", "", $"{rate:0}", "", "", null));
    }

    private static async Task<(double Cpu, double PerSecond)> OursAsync(Target target, QuNode node, TimeSpan time)
    {
        (DateTimeOffset from, Usage before) = (TimeProvider.System.GetUtcNow(), node.Process.Usage());
        await Task.Delay(time);
        (DateTimeOffset to, Usage after) = (TimeProvider.System.GetUtcNow(), node.Process.Usage());
        int asked = (await target.AskedAsync("qu", from, to)).Length;
        return ((after.Cpu - before.Cpu) * 1000 / asked, asked / (to - from).TotalSeconds);
    }

    private static async Task<double> TheirsAsync(Target target, Blackbox blackbox, TimeSpan time)
    {
        Usage before = blackbox.Process.Usage();
        int done = await blackbox.SaturateAsync(target, AtOnce, time);
        return (blackbox.Process.Usage().Cpu - before.Cpu) * 1000 / done;
    }

    /// <summary>In this process, which does nothing else meanwhile.</summary>
    private static async Task<double> BareAsync(Target target, TimeSpan time)
    {
        using SocketsHttpHandler handler = new() { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero, UseCookies = false, ActivityHeadersPropagator = null };
        using HttpClient http = new(handler);
        int done = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begin) < time)
                (await http.GetAsync(target.Of("bare", Interlocked.Increment(ref done)))).Dispose();
        })));
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / done;
    }
}
