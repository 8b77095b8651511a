namespace Uptrakit.Bench.Watch;

/// <summary>One node with many checks every 30 s, beside blackbox that is asked for as many at the same time.</summary>
internal static class Steady
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Places places, Report report, int count, TimeSpan time)
    {
        using Target target = new(places, $"target-{count}");
        using QuCluster cluster = await QuCluster.StartAsync(places, $"w{count}", 1, target.Checks(count, Interval));
        using Blackbox? blackbox = Blackbox.File is null ? null : new(places, $"blackbox-{count}");
        using CancellationTokenSource stop = new();
        Task asking = blackbox is null ? Task.CompletedTask : Task.Run(() => blackbox.SpreadAsync(target, count, Interval, stop.Token));
        Child node = cluster.Nodes[0].Process;

        // Every check has had its first probe, and what that compiled is compiled.
        await Task.Delay(Interval * 2);
        (DateTimeOffset from, Usage before, int descriptors, Usage? theirsBefore) = (TimeProvider.System.GetUtcNow(), node.Usage(), node.Descriptors(), blackbox?.Process.Usage());
        int most = descriptors;
        for (TimeSpan waited = TimeSpan.Zero; waited < time; waited += TimeSpan.FromSeconds(5))
        {
            await Task.Delay(TimeSpan.FromSeconds(5));
            most = Math.Max(most, node.Descriptors());
        }

        (DateTimeOffset to, Usage after, Usage? theirsAfter) = (TimeProvider.System.GetUtcNow(), node.Usage(), blackbox?.Process.Usage());
        await stop.CancelAsync();
        await asking;
        double[] asked = await target.AskedAsync("qu", from, to);
        int theirs = (await target.AskedAsync("blackbox", from, to)).Length;
        double seconds = (to - from).TotalSeconds;
        double each = (after.Cpu - before.Cpu) * 1000 / asked.Length, share = (after.Cpu - before.Cpu) / seconds;
        double? theirEach = (theirsAfter?.Cpu - theirsBefore?.Cpu) * 1000 / theirs, theirShare = (theirsAfter?.Cpu - theirsBefore?.Cpu) / seconds;
        bool large = count >= 10_000;

        report.Add(new($"{count} checks every 30 s on one node: CPU for each probe, over {time.TotalMinutes:0} min", "≤ 0.25 ms", $"{each:0.000} ms",
            theirEach is null ? "" : $"blackbox {theirEach:0.000} ms", theirEach is null ? "" : $"{each / theirEach:0.00}", each <= 0.25));
        report.Add(new("the same, share of a core", large ? "≤ 10 %" : "≤ 1.5 %", $"{share * 100:0.00} %",
            theirShare is null ? "" : $"blackbox {theirShare * 100:0.00} %", "", share <= (large ? 0.1 : 0.015)));
        report.Add(new("the same, resident memory", large ? "≤ 120 MB" : "≤ 70 MB", $"{after.Resident:0} MB",
            theirsAfter is null ? "" : $"blackbox {theirsAfter.Value.Resident:0} MB", "", after.Resident <= (large ? 120 : 70)));
        report.Add(new("the same, descriptors at the beginning, most, and at the end", "flat", $"{descriptors}, {most}, {node.Descriptors()}", "", "", node.Descriptors() <= descriptors + 20));
        report.Add(Spread(asked, seconds));
    }

    private static Row Spread(double[] asked, double seconds)
    {
        int busiest = asked.GroupBy(static at => (long)at).Max(static second => second.Count());
        double mean = asked.Length / seconds;
        return new("the same, probes in the busiest second through the mean", "≤ 2", $"{busiest / mean:0.00}", $"{busiest} of {mean:0.0}", "", busiest <= 2 * mean);
    }
}
