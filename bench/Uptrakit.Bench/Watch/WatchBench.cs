namespace Uptrakit.Bench.Watch;

/// <summary>The targets of probing, voting and alerting: `qu` beside the exporter that does nothing but probe.</summary>
internal static class WatchBench
{
    public static readonly string[] Parts = ["saturation", "thousand", "tenthousand", "cluster", "detection", "page"];

    public static async Task RunAsync(string? part, Places places, Report report)
    {
        if (Blackbox.File is null)
            Console.Error.WriteLine("  prometheus-blackbox-exporter is not installed: nothing stands beside the figures");
        if (part is null or "saturation")
            await Saturation.RunAsync(places, report, rounds: 3, TimeSpan.FromSeconds(10));
        if (part is null or "thousand")
            await Steady.RunAsync(places, report, 1000, TimeSpan.FromMinutes(2));
        if (part is null or "tenthousand")
            await Steady.RunAsync(places, report, 10_000, TimeSpan.FromMinutes(10));
        if (part is null or "cluster")
            await Voters.RunAsync(places, report, 10_000);
        if (part is null or "detection")
            await Detection.RunAsync(places, report, 240);
        if (part is null or "page")
            await StatusPages.RunAsync(places, report, 1000);
    }
}
