using System.Diagnostics;
using Uptrakit.Qu.Control;

namespace Uptrakit.Bench.Watch;

/// <summary>Three nodes that each probe all checks; the leader is killed and comes back.</summary>
internal static class Voters
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Places places, Report report, int count)
    {
        using Target target = new(places, "target-v");
        using QuCluster cluster = await QuCluster.StartAsync(places, "v", 3, target.Checks(count, Interval));
        QuNode other = await KnownAsync(cluster, count);

        TimeSpan time = TimeSpan.FromMinutes(1);
        Usage[] before = [.. cluster.Nodes.Select(static node => node.Process.Usage())];
        await Task.Delay(time);
        Usage[] after = [.. cluster.Nodes.Select(static node => node.Process.Usage())];
        double busiest = before.Zip(after, (b, a) => (a.Cpu - b.Cpu) / time.TotalSeconds).Max();
        report.Add(new($"3 nodes × {count} checks every 30 s: share of a core, busiest node", "≤ 10 %", $"{busiest * 100:0.0} %", "", "", busiest <= 0.1));
        report.Add(new("the same, resident memory, largest node", "≤ 120 MB", $"{after.Max(static usage => usage.Resident):0} MB", "", "", after.Max(static usage => usage.Resident) <= 120));
        Figures status = await Idle.TimeAsync(21, () => other.RunAsync("status", null));
        report.Add(new($"the same, `qu status`, median of 21", "≤ 150 ms", $"{status.Median:0.0} ms", "", "", status.Median <= 150));

        long killed = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        QuNode leader = await cluster.LeaderAsync();
        leader.Process.Kill();
        await Task.Delay(TimeSpan.FromSeconds(10));
        leader.Process.Start();
        await cluster.SettleAsync();
        await KnownAsync(cluster, count);
        // By then a report that was lost would have made a check unknown.
        await Task.Delay(3 * Interval);
        (int missing, int flipped) = await MissingAsync(cluster, killed);
        report.Add(new("the same, leader killed −9 and started again: votes that are missing after three intervals, checks that flipped", "0, 0",
            $"{missing}, {flipped}", "", "", missing == 0 && flipped == 0));
    }

    /// <summary>
    /// The last of a few looks: when the member with the smallest NodeID has been back for two minutes it leads again, and is told what
    /// all saw last within a second or two.
    /// </summary>
    private static async Task<(int Missing, int Flipped)> MissingAsync(QuCluster cluster, long killed)
    {
        for (int look = 1; ; look++)
        {
            StatusReply now = await (await cluster.LeaderAsync()).StatusAsync() ?? throw new InvalidOperationException("the master does not answer");
            int missing = now.Checks.Sum(static check => 3 - check.Ok), flipped = now.Checks.Count(check => check.SinceMs >= killed);
            if (missing == 0 || look == 5)
                return (missing, flipped);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Until every node has told the leader of every check; one that does not lead.</summary>
    private static async Task<QuNode> KnownAsync(QuCluster cluster, int count)
    {
        long begin = Stopwatch.GetTimestamp();
        for (Deadline deadline = new(TimeSpan.FromMinutes(3)); ; await deadline.PauseAsync("the nodes have not probed every check"))
        {
            QuNode leader = await cluster.LeaderAsync();
            if (await leader.StatusAsync() is { } status && status.Checks.Count == count && status.Checks.All(static check => check is { Ok: 3, State: "up" }))
                return cluster.Nodes.First(node => node != leader);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
