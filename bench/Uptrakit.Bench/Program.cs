using System.Runtime.InteropServices;

namespace Uptrakit.Bench;

/// <summary>Measures the targets of docs/benchmarks.md with real processes.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        string verb = arguments is [var first, ..] ? first : "bench";
        if (verb is not ("bench" or "writes" or "failover" or "idle" or "start" or "large"))
        {
            await Console.Error.WriteLineAsync("usage: bench | writes | failover | idle | start | large");
            return 2;
        }

        if (!File.Exists(Places.Qu))
        {
            await Console.Error.WriteLineAsync($"there is no {Places.Qu}: run 'make dist', or name a binary with QU");
            return 1;
        }

        using Places places = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Child.KillAll());
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Child.KillAll());
        Report report = new();
        try
        {
            await MeasureAsync(verb, places, report);
        }
        finally
        {
            // What was measured before something broke is worth having.
            report.Write(Console.Out, places.Root);
        }

        return report.AllMet ? 0 : 1;
    }

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
