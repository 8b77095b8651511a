using System.Diagnostics;

namespace Uptrakit.Bench;

/// <summary>Waits in small steps, and not for ever.</summary>
internal sealed class Deadline(TimeSpan patience)
{
    private readonly long begin = Stopwatch.GetTimestamp();

    public Task PauseAsync(string otherwise) => Stopwatch.GetElapsedTime(begin) < patience
        ? Task.Delay(TimeSpan.FromMilliseconds(20))
        : throw new TimeoutException($"{otherwise} within {patience.TotalSeconds:0} s");
}
