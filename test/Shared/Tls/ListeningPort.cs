using System.Diagnostics;
using System.Globalization;

namespace Uptrakit.Tests.Shared.Tls;

/// <summary>Finds the port that the kernel gave to a process.</summary>
/// <remarks>
/// To look for a free port first, and then have the process take it, fails now and then on a busy machine: someone else's
/// connection gets it in between.
/// </remarks>
internal static class ListeningPort
{
    private const string Listening = "0A";
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    public static async Task<int> OfAsync(Process process, TimeSpan within)
    {
        using CancellationTokenSource deadline = new(within);
        while (true)
        {
            Assert.False(process.HasExited, $"{process.StartInfo.FileName} ended at once");
            if (Find(process.Id) is { } port)
                return port;
            await Task.Delay(5, deadline.Token);
        }
    }

    private static int? Find(int process)
    {
        HashSet<string> sockets = [.. Directory.EnumerateFiles($"/proc/{process}/fd").Select(TargetOf).OfType<string>()];
        foreach (string line in File.ReadLines($"/proc/{process}/net/tcp").Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[State] == Listening && sockets.Contains($"socket:[{fields[Inode]}]"))
                return int.Parse(fields[LocalAddress].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
