using System.Globalization;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Bench.Fleet;

/// <summary>The real Agent, ahead-of-time compiled: from the start of its process to its welcome, and what it holds at rest.</summary>
internal static class Agents
{
    // Of the session's log. Its line begins with the time, to the millisecond.
    private const string ConnectedWords = "Connected to Controller ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Places places, Report report, int starts)
    {
        using Hub hub = new(places, "a", "--san", "127.0.0.1");
        await hub.StartAsync();
        string token = Path.Combine(places.Root, "token");
        await File.WriteAllTextAsync(token, (await hub.TokenAsync()).Reveal());
        string log = Path.Combine(places.Root, "agent.log");
        // An empty one of its own, so that none of this machine says anything.
        await File.WriteAllTextAsync(Path.Combine(places.Root, "service.conf"), "");
        string[] basics = ["--state-dir", Path.Combine(places.Root, "agent"), "--config-dir", places.Root];
        using (Child first = new(Executables.Agent, [.. basics, "--url", hub.Address.Base.ToString(), "--enrollment-token-file", token], log))
        {
            first.Start();
            await ConnectedAsync(log, 1);
        }

        using Child agent = new(Executables.Agent, basics, log);
        List<double> times = [];
        for (int start = 0; start < starts; start++)
        {
            DateTimeOffset begin = TimeProvider.System.GetUtcNow();
            agent.Start();
            times.Add((await ConnectedAsync(log, start + 2) - begin).TotalMilliseconds);
            if (start < starts - 1)
                agent.Stop();
        }

        Figures figures = Figures.Of(times);
        report.Add(new($"`uptrakit-agent`: start of the process to its welcome, median of {starts}", "< 300 ms",
            $"{figures.Median:0} ms", $"slowest {times.Max():0} ms", "", figures.Median < 300));
        Memory rest = await Memory.AtRestAsync(agent.Id);
        await Task.Delay(TimeSpan.FromSeconds(30));
        Memory later = Memory.Of(agent.Id);
        report.Add(new("`uptrakit-agent`, connected and idle: resident memory", "≤ 45 MB", $"{later.Megabytes:0.0} MB",
            $"PSS {later.Proportional / 1e6:0.0} MB; 30 s before {rest.Megabytes:0.0} MB", "", later.Megabytes <= 45));
    }

    /// <summary>When it was welcomed for that time, by its own log: after the Controller has read its Hello.</summary>
    private static async Task<DateTimeOffset> ConnectedAsync(string log, int times)
    {
        for (Deadline deadline = new(Patience); ; await deadline.PauseAsync($"the Agent did not connect: {Tail(log)}"))
        {
            string[] lines = File.Exists(log) ? [.. File.ReadLines(log).Where(static line => line.Contains(ConnectedWords, StringComparison.Ordinal))] : [];
            if (lines.Length >= times)
                return DateTimeOffset.Parse(lines[times - 1].Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }

    private static string Tail(string log) => File.Exists(log) ? string.Join(' ', File.ReadLines(log).TakeLast(3)) : "it wrote nothing";
}
