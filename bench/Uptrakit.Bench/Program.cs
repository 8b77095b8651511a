using System.Runtime.InteropServices;
using Uptrakit.Bench.Fleet;
using Uptrakit.Bench.Watch;

namespace Uptrakit.Bench;

/// <summary>Measures the targets of docs/benchmarks.md with real processes.</summary>
internal static class Program
{
    private static readonly string[] Nodes = ["writes", "failover", "idle", "start", "large"];
    private static readonly string[] Groups = ["fleet", "watch"];

    private static async Task<int> Main(string[] arguments)
    {
        string verb = arguments is [var first, ..] ? first : "bench";
        string? part = arguments is [_, var second] ? second : null;
        bool known = verb switch
        {
            "fleet" => part is null || FleetBench.Parts.Contains(part),
            "watch" => part is null || WatchBench.Parts.Contains(part),
            _ => arguments.Length <= 1 && (verb == "bench" || Nodes.Contains(verb)),
        };
        if (!known)
        {
            await Console.Error.WriteLineAsync($"usage: bench | {string.Join(" | ", Nodes)} | fleet [{string.Join(" | ", FleetBench.Parts)}] | watch [{string.Join(" | ", WatchBench.Parts)}]");
            return 2;
        }

        string[] missing = [.. Missing(verb)];
        if (missing.Length > 0)
        {
            await Console.Error.WriteLineAsync($"there is no {string.Join(", no ", missing)}: run 'make dist', or name a binary with QU, UPTRAKIT_CONTROLLER, UPTRAKIT_AGENT");
            return 1;
        }

        using Places places = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Child.KillAll());
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Child.KillAll());
        bool met = true;
        if (!Groups.Contains(verb))
            met &= await TableAsync("qu", places, report => MeasureAsync(verb, places, report));
        if (verb is "watch" or "bench")
            met &= await TableAsync("the watch", places, report => WatchBench.RunAsync(part, places, report));
        if (verb is "fleet" or "bench")
            met &= await TableAsync("the fleet", places, report => FleetBench.RunAsync(part, places, report));
        return met ? 0 : 1;
    }

    private static async Task<bool> TableAsync(string subject, Places places, Func<Report, Task> measure)
    {
        Report report = new(subject);
        try
        {
            await measure(report);
        }
        finally
        {
            // What was measured before something broke is worth having.
            report.Write(Console.Out, places.Root);
        }

        return report.AllMet;
    }

    private static IEnumerable<string> Missing(string verb) =>
        [.. verb == "fleet" || File.Exists(Places.Qu) ? [] : new[] { Places.Qu }, .. verb is "fleet" or "bench" ? Executables.Missing : []];

    private static async Task MeasureAsync(string verb, Places places, Report report)
    {
        bool all = verb == "bench";
        if (all || verb == "start")
            await Idle.StartAsync(places, report, runs: 25);
        if (all || verb == "idle")
            await Idle.RunAsync(places, report, seconds: 30);
        if (all || verb == "writes")
            await Writes.RunAsync(places, report, rounds: 3, seconds: 4);
        if (all || verb == "failover")
            await Failover.RunAsync(places, report, rounds: 11);
        if (all || verb == "large")
            await Large.RunAsync(places, report, rounds: 3, seconds: 4, runs: 21);
    }
}
