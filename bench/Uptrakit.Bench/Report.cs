using System.Globalization;
using System.Runtime.InteropServices;

namespace Uptrakit.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Met">Null: there is no target.</param>
internal sealed record Row(string What, string Target, string Figure, string Yardstick, string Ratio, bool? Met);

/// <summary>The table, for people and for docs/benchmarks.md.</summary>
/// <param name="subject">What the figures are of.</param>
internal sealed class Report(string subject)
{
    private readonly List<Row> rows = [];
    private readonly List<string> loads = [];
    private readonly string loadBefore = Load();

    public bool AllMet => rows.All(static r => r.Met is not false);

    public void Add(Row row)
    {
        rows.Add(row);
        loads.Add(Load().Split(' ')[0]);
        Console.Error.WriteLine($"  {row.What}: {row.Figure} {row.Yardstick} {row.Ratio} (load {loads[^1]})");
    }

    /// <param name="writer">Where it goes.</param>
    /// <param name="root">A folder on the disk that was used.</param>
    public void Write(TextWriter writer, string root)
    {
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        writer.WriteLine($"Date: {date} · cores: {Environment.ProcessorCount} · {RuntimeInformation.OSArchitecture} · file system: {FileSystem(root)} · load average before: {loadBefore}, after: {Load()}");
        writer.WriteLine();
        string[][] cells =
        [
            ["", "target", subject, "beside it", "ratio", "load", "verdict"],
            .. rows.Zip(loads, static (r, load) => (string[])[r.What, r.Target, r.Figure, r.Yardstick, r.Ratio, load, r.Met switch { true => "reached", false => "**missed**", null => "" }]),
        ];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];
        for (int line = 0; line < cells.Length; line++)
        {
            writer.WriteLine($"| {string.Join(" | ", cells[line].Select((cell, column) => cell.PadRight(widths[column])))} |");
            if (line == 0)
                writer.WriteLine($"| {string.Join(" | ", widths.Select(static w => new string('-', Math.Max(3, w))))} |");
        }
    }

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static string FileSystem(string folder) => File.ReadLines("/proc/self/mounts")
        .Select(static line => line.Split(' '))
        .Where(mount => mount[1] == "/" || folder == mount[1] || folder.StartsWith(mount[1] + "/", StringComparison.Ordinal))
        .MaxBy(static mount => mount[1].Length)?[2] ?? "unknown";
}
