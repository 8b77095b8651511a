using System.Diagnostics;

namespace Uptrakit.Bench;

/// <summary>What nodes cost that have nothing to do, and what a command costs from its start to its end.</summary>
internal static class Idle
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Places places, Report report, double seconds)
    {
        using QuCluster cluster = await QuCluster.StartAsync(places, "i", 10);
        QuNode leader = await cluster.LeaderAsync();
        await Task.Delay(Settling);
        Usage[] before = [.. cluster.Nodes.Select(static n => n.Process.Usage())];
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        Usage[] after = [.. cluster.Nodes.Select(static n => n.Process.Usage())];
        double Share(int i) => (after[i].Cpu - before[i].Cpu) / seconds * 100;

        double resident = after.Max(static u => u.Resident);
        double busiest = Enumerable.Range(0, after.Length).Max(Share);
        report.Add(new("idle node, resident memory (largest of three)", "≤ 60 MB", $"{resident:0} MB", "", "", resident <= 60));
        report.Add(new($"idle node, share of a core over {seconds:0} s (busiest of three)", "≤ 1 %", $"{busiest:0.00} %",
            $"the master {Share(cluster.Nodes.ToList().IndexOf(leader)):0.00} %", "", busiest <= 1));
    }

    public static async Task StartAsync(Places places, Report report, int runs)
    {
        using QuCluster cluster = await QuCluster.StartAsync(places, "s", 10);
        Figures nothing = await TimeAsync(runs, static () => EmptyAsync());
        Figures version = await TimeAsync(runs, () => cluster.Nodes[1].RunAsync("--version", null));
        Figures status = await TimeAsync(runs, () => cluster.Nodes[1].RunAsync("status", null));
        string floor = $"/bin/true {nothing.Median:0.0} ms";
        report.Add(new($"`qu --version`, median of {runs}", "< 40 ms", $"{version.Median:0.0} ms", floor, "", version.Median < 40));
        report.Add(new($"`qu status` end to end, median of {runs}", "< 80 ms", $"{status.Median:0.0} ms", floor, "", status.Median < 80));
    }

    public static async Task<Figures> TimeAsync(int runs, Func<Task> run)
    {
        List<double> times = [];
        await run();
        for (int i = 0; i < runs; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            await run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return Figures.Of(times);
    }

    /// <summary>What starting any process from here costs.</summary>
    private static async Task EmptyAsync()
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/true") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    }
}
