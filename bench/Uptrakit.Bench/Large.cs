namespace Uptrakit.Bench;

/// <summary>Ten thousand checks in the state against ten, in turn.</summary>
internal static class Large
{
    public const int Many = 10_000;
    private const int Few = 10;

    public static async Task RunAsync(Places places, Report report, int rounds, double seconds, int runs)
    {
        using QuCluster small = await QuCluster.StartAsync(places, "a", Few);
        using QuCluster large = await QuCluster.StartAsync(places, "b", Many);
        Figures smallStatus = await Idle.TimeAsync(runs, () => small.Nodes[1].RunAsync("status", null));
        Figures largeStatus = await Idle.TimeAsync(runs, () => large.Nodes[1].RunAsync("status", null));
        report.Add(new($"`qu status` with {Many} checks, median of {runs}", "< 150 ms", $"{largeStatus.Median:0.0} ms",
            $"{Few} checks {smallStatus.Median:0.0} ms", $"{largeStatus.Median / smallStatus.Median:0.00}", largeStatus.Median < 150));

        QuNode smallLeader = await small.LeaderAsync(), largeLeader = await large.LeaderAsync();
        List<Figures> few = [], many = [];
        double fewCpu = 0, manyCpu = 0;
        for (int round = 0; round < rounds; round++)
        {
            (Figures figures, double cpu) = await ChangeAsync(small, smallLeader, seconds);
            few.Add(figures);
            fewCpu += cpu;
            (figures, cpu) = await ChangeAsync(large, largeLeader, seconds);
            many.Add(figures);
            manyCpu += cpu;
        }

        (Figures a, Figures b) = (Figures.Together(few), Figures.Together(many));
        report.Add(new($"one change with {Many} checks, p50", "< 2 × with 10", $"{b.Median:0.00} ms", $"{Few} checks {a.Median:0.00} ms",
            $"{b.Median / a.Median:0.00}", b.Median < 2 * a.Median));
        (double A, double B) perChange = (fewCpu * 1000 / a.Sorted.Length, manyCpu * 1000 / b.Sorted.Length);
        report.Add(new($"CPU of all nodes per change with {Many} checks", "", $"{perChange.B:0.00} ms", $"{Few} checks {perChange.A:0.00} ms",
            $"{perChange.B / perChange.A:0.00}", null));
        report.Add(new($"resident memory with {Many} checks (largest of three)", "", $"{large.Nodes.Max(static n => n.Process.Usage().Resident):0} MB", "", "", null));
    }

    private static async Task<(Figures Figures, double Cpu)> ChangeAsync(QuCluster cluster, QuNode leader, double seconds)
    {
        double before = cluster.Nodes.Sum(static n => n.Process.Usage().Cpu);
        Figures figures = await Figures.MeasureAsync(1, seconds, () => leader.ChangeAsync(cluster.NextEdit()));
        return (figures, cluster.Nodes.Sum(static n => n.Process.Usage().Cpu) - before);
    }
}
