using System.Globalization;
using Uptrakit.Quorum.State;

namespace Uptrakit.Bench.Watch;

/// <summary>What is probed: nginx on loopback with a small page, and a log of when it was asked for what.</summary>
internal sealed class Target : IDisposable
{
    private readonly string log;
    private readonly int port = Places.FreePorts(1)[0];

    public Target(Places places, string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(places.Root, name)).FullName;
        log = Path.Combine(folder, "access.log");
        Process = Nginx.Make(folder, 8192, $$"""
            log_format probe '$msec $uri';
            access_log {{log}} probe buffer=64k flush=1s;
            server {
              listen 127.0.0.1:{{port}} backlog=4096;
              location / { return 200 "well\n"; }
            }
            """);
        Process.Start();
    }

    public Child Process { get; }

    public Uri Of(string who, int number) => new($"http://127.0.0.1:{port}/{who}/{number}");

    /// <summary>Checks of it.</summary>
    /// <param name="count">So many, each of a page of its own.</param>
    /// <param name="interval">Between two probes of one of them.</param>
    public IEnumerable<Check> Checks(int count, TimeSpan interval) => Enumerable.Range(0, count).Select(number => new Check
    {
        Name = $"check-{number:D5}",
        Type = CheckType.Http,
        Enabled = true,
        Target = Of("qu", number).AbsoluteUri,
        IntervalMs = (long)interval.TotalMilliseconds,
        TimeoutMs = (long)Math.Min(interval.TotalMilliseconds, 10_000),
    });

    /// <summary>When it was asked, in seconds of the epoch, from that time on until now.</summary>
    public async Task<double[]> AskedAsync(string who, DateTimeOffset from, DateTimeOffset to)
    {
        // What is still in its buffer is written within a second.
        await Task.Delay(TimeSpan.FromSeconds(2));
        (double begin, double end) = (from.ToUnixTimeMilliseconds() / 1000.0, to.ToUnixTimeMilliseconds() / 1000.0);
        string mark = $" /{who}/";
        return [.. File.ReadLines(log)
            .Where(line => line.Contains(mark, StringComparison.Ordinal))
            .Select(static line => double.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture))
            .Where(at => at >= begin && at < end)];
    }

    public void Dispose() => Process.Dispose();
}
