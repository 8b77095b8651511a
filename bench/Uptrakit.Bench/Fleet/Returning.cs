using System.Diagnostics;

namespace Uptrakit.Bench.Fleet;

/// <summary>How soon Services are back after their Controller was gone. They wait as real ones do: a random while, then longer.</summary>
internal static class Returning
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(Hub hub, Crowd crowd, Report report, int rounds)
    {
        List<(double Served, double Back)> stopped = [];
        for (int round = 0; round < rounds; round++)
            stopped.Add(await RestartAsync(hub, crowd, static process => process.Stop()));
        (double Served, double Back) killed = await RestartAsync(hub, crowd, static process => process.Kill());
        int there = await hub.ConnectedAsync();

        int count = crowd.Members.Count;
        double slowest = stopped.Max(static r => r.Back);
        report.Add(new($"{count} Services after a restart: the last is back, slowest of {rounds}", "≤ 15 s",
            $"{slowest:0.0} s", $"the Controller serves after {stopped.Max(static r => r.Served):0.0} s", "", slowest <= Target.TotalSeconds));
        report.Add(new("the same after kill −9", "", $"{killed.Back:0.0} s", $"the Controller serves after {killed.Served:0.0} s", "", null));
        report.Add(new("connected at the end, by the Controller's list", $"{count}", $"{there}", "", "", there == count));
    }

    /// <summary>Seconds from the signal until it serves, and until all of them are back and stay.</summary>
    private static async Task<(double Served, double Back)> RestartAsync(Hub hub, Crowd crowd, Action<Child> end)
    {
        long begin = Stopwatch.GetTimestamp();
        end(hub.Process);
        // Who was told good-bye comes back after this moment.
        long down = Stopwatch.GetTimestamp();
        await hub.StartAsync();
        double served = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        for (Deadline deadline = new(Patience); crowd.ConnectedAfter(down) < crowd.Members.Count; await deadline.PauseAsync(Missing(crowd, down)))
        {
        }

        double back = Stopwatch.GetElapsedTime(begin, crowd.Members.Max(static member => member.Since)).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(5));
        return crowd.ConnectedAfter(down) == crowd.Members.Count
            ? (served, back)
            : throw new InvalidOperationException(Missing(crowd, down));
    }

    private static string Missing(Crowd crowd, long down) => $"{crowd.Members.Count - crowd.ConnectedAfter(down)} Services did not come back "
        + $"({crowd.Members.FirstOrDefault(member => member.Since <= down)?.LastWords})";
}
