using System.Globalization;

namespace Uptrakit.Bench.Fleet;

/// <summary>What a process holds.</summary>
/// <param name="Resident">Bytes, shared ones included.</param>
/// <param name="Proportional">Bytes; of what n processes share, each counts an n-th.</param>
internal readonly record struct Memory(double Resident, double Proportional)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    // Three looks in a row that differ by less than this are a process that has come to rest.
    private const double Still = 0.005;

    public double Megabytes => Resident / 1e6;

    public static Memory Of(int process)
    {
        Dictionary<string, double> fields = File.ReadLines($"/proc/{process}/smaps_rollup").Skip(1)
            .Select(static line => line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(static words => words[0], static words => double.Parse(words[1], CultureInfo.InvariantCulture) * 1024);
        return new(fields["Rss"], fields["Pss"]);
    }

    /// <summary>What it holds once that no longer changes, or after a minute and a half.</summary>
    public static async Task<Memory> AtRestAsync(int process)
    {
        Memory last = Of(process);
        int still = 0;
        for (TimeSpan waited = TimeSpan.Zero; still < 3 && waited < Patience; waited += Between)
        {
            await Task.Delay(Between);
            Memory now = Of(process);
            still = Math.Abs(now.Resident - last.Resident) < last.Resident * Still ? still + 1 : 0;
            last = now;
        }

        return last;
    }
}
