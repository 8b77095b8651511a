using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Uptrakit.Bench;

/// <summary>A process started here; signals go to its own id only.</summary>
internal sealed partial class Child(string file, IReadOnlyList<string> arguments, string log, IReadOnlyDictionary<string, string>? variables = null) : IDisposable
{
    private const int Kill9 = 9;
    private const int Terminate = 15;
    private const int Stopped = 19;
    private const int Continue = 18;
    private const double TicksPerSecond = 100; // USER_HZ of every Linux that .NET runs on

    // Whoever interrupts the benchmark must find none of these afterwards.
    private static readonly ConcurrentDictionary<Child, bool> Started = new();
    private Process? process;

    public int Id => process!.Id;

    public bool Running => process is { HasExited: false };

    public void Start()
    {
        process?.Dispose();
        // The shell only sends the output to a file; exec keeps the id.
        ProcessStartInfo start = new("/bin/sh") { ArgumentList = { "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, file } };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = Process.Start(start)!;
        Started[this] = true;
    }

    public static void KillAll()
    {
        foreach (Child child in Started.Keys)
            child.Kill();
    }

    /// <summary>It stands still until <see cref="Resume"/>.</summary>
    public void Pause() => _ = Signal(process!.Id, Stopped);

    public void Resume() => _ = Signal(process!.Id, Continue);

    public void Kill() => End(Kill9);

    /// <summary>Asks it to end, and waits.</summary>
    public void Stop() => End(Terminate);

    public void Dispose()
    {
        End(Terminate);
        Started.TryRemove(this, out _);
        process?.Dispose();
        process = null;
    }

    /// <summary>What it has used so far and what it holds now.</summary>
    public Usage Usage()
    {
        string stat = File.ReadAllText($"/proc/{process!.Id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        string resident = File.ReadLines($"/proc/{process.Id}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new(
            (Number(fields[11]) + Number(fields[12])) / TicksPerSecond,
            Number(resident.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / 1e6);
    }

    /// <summary>Open descriptors.</summary>
    public int Descriptors() => Directory.EnumerateFileSystemEntries($"/proc/{process!.Id}/fd").Count();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private void End(int signal)
    {
        if (!Running)
            return;
        _ = Signal(process!.Id, signal);
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            _ = Signal(process.Id, Kill9);
        process.WaitForExit();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <param name="Cpu">Seconds.</param>
/// <param name="Resident">Megabytes.</param>
internal readonly record struct Usage(double Cpu, double Resident);
