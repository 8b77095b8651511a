namespace Uptrakit.Bench;

/// <summary>Acknowledged changes, in turn with etcd.</summary>
internal static class Writes
{
    /// <summary>Bytes: about what a change of ours takes in the log.</summary>
    public const int ValueSize = 160;

    public static async Task RunAsync(Places places, Report report, int rounds, double seconds)
    {
        using QuCluster cluster = await QuCluster.StartAsync(places, "w", 10);
        using EtcdCluster? etcd = Places.Etcd is null ? null : new(places, "writes-etcd", ValueSize);
        if (etcd is not null)
            await etcd.StartAsync();
        QuNode leader = await cluster.LeaderAsync();
        int etcdLeader = etcd is null ? 0 : await etcd.LeaderAsync();
        Task<bool> Ours() => leader.ChangeAsync(cluster.NextEdit());
        Task<bool> Theirs() => etcd!.PutAsync(etcdLeader, 10);

        foreach (int writers in (int[])[1, 64])
        {
            List<Figures> ours = [], theirs = [];
            await Figures.MeasureAsync(writers, 2, Ours);
            if (etcd is not null)
                await Figures.MeasureAsync(writers, 2, Theirs);
            for (int round = 0; round < rounds; round++)
            {
                ours.Add(await Figures.MeasureAsync(writers, seconds, Ours));
                if (etcd is not null)
                    theirs.Add(await Figures.MeasureAsync(writers, seconds, Theirs));
            }

            Report(report, writers, Figures.Together(ours), theirs.Count > 0 ? Figures.Together(theirs) : null);
        }
    }

    private static void Report(Report report, int writers, Figures ours, Figures? theirs)
    {
        string Beside(Func<Figures, string> text) => theirs is null ? "etcd is not installed" : "etcd " + text(theirs);
        string Ratio(Func<Figures, double> value) => theirs is null ? "" : $"{value(ours) / value(theirs):0.00}";
        string name = writers == 1 ? "one writer" : $"{writers} writers";
        report.Add(new($"{name}, p50", writers == 1 ? "≤ 1.5 × etcd" : "", $"{ours.Median:0.00} ms", Beside(static f => $"{f.Median:0.00} ms"),
            Ratio(static f => f.Median), writers == 1 && theirs is not null ? ours.Median <= 1.5 * theirs.Median : null));
        report.Add(new($"{name}, p99", "", $"{ours.P99:0.00} ms", Beside(static f => $"{f.P99:0.00} ms"), Ratio(static f => f.P99), null));
        report.Add(new($"{name}, changes per second", writers == 1 ? "" : "≥ etcd", $"{ours.PerSecond:0}", Beside(static f => $"{f.PerSecond:0}"),
            Ratio(static f => f.PerSecond), writers != 1 && theirs is not null ? ours.PerSecond >= theirs.PerSecond : null));
    }
}
