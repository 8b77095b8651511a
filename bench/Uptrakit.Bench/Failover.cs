using System.Diagnostics;

namespace Uptrakit.Bench;

/// <summary>The master is killed with -9; how long until a change is accepted again?</summary>
internal static class Failover
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Places places, Report report, int rounds)
    {
        Figures ours = await OursAsync(places, rounds);
        Figures? theirs = Places.Etcd is null ? null : await TheirsAsync(places, rounds);
        report.Add(new($"master killed −9 → next accepted change, median of {rounds}", "< 1.5 s", $"{ours.Median:0} ms",
            theirs is null ? "etcd is not installed" : $"etcd {theirs.Median:0} ms", theirs is null ? "" : $"{ours.Median / theirs.Median:0.00}", ours.Median < 1500));
        report.Add(new("the slowest of them", "", $"{ours.Sorted[^1]:0} ms", theirs is null ? "" : $"etcd {theirs.Sorted[^1]:0} ms", "", null));
    }

    private static async Task<Figures> OursAsync(Places places, int rounds)
    {
        using QuCluster cluster = await QuCluster.StartAsync(places, "f", 10);
        List<double> times = [];
        for (int round = 0; round < rounds; round++)
        {
            QuNode leader = await cluster.LeaderAsync();
            await leader.ChangeAsync(cluster.NextEdit());
            leader.Process.Kill();
            times.Add(await NextAsync(cluster.Nodes.Where(n => n != leader).Select(n => (Func<Task<bool>>)(() => n.ChangeAsync(cluster.NextEdit())))));
            leader.Process.Start();
            await cluster.SettleAsync();
            await Task.Delay(Calm);
        }

        return Figures.Of(times);
    }

    private static async Task<Figures> TheirsAsync(Places places, int rounds)
    {
        using EtcdCluster etcd = new(places, "failover-etcd", Writes.ValueSize);
        await etcd.StartAsync();
        List<double> times = [];
        for (int round = 0; round < rounds; round++)
        {
            int leader = await etcd.LeaderAsync();
            await etcd.PutAsync(leader, 5);
            etcd.Nodes[leader].Kill();
            times.Add(await NextAsync(Enumerable.Range(0, 3).Where(n => n != leader).Select(n => (Func<Task<bool>>)(() => etcd.PutAsync(n, 0.7)))));
            etcd.Nodes[leader].Start();
            await etcd.SettleAsync();
            await Task.Delay(Calm);
        }

        return Figures.Of(times);
    }

    /// <summary>Every node that is left is asked until one accepts; what is asked of the others then still ends before this does.</summary>
    private static async Task<double> NextAsync(IEnumerable<Func<Task<bool>>> attempts)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using CancellationTokenSource done = new(TimeSpan.FromSeconds(30));
        double first = double.NaN;
        await Task.WhenAll(attempts.Select(async attempt =>
        {
            while (!done.IsCancellationRequested)
            {
                if (await attempt())
                {
                    Interlocked.CompareExchange(ref first, clock.Elapsed.TotalMilliseconds, double.NaN);
                    await done.CancelAsync();
                }
                else
                {
                    await Task.Delay(5);
                }
            }
        }));
        return double.IsNaN(first) ? throw new TimeoutException("no change was accepted within 30 s") : first;
    }
}
