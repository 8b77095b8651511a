using System.Diagnostics;

namespace Uptrakit.Bench.Watch;

/// <summary>Debian's prometheus-blackbox-exporter, and what asks it to probe: it has no schedule of its own.</summary>
internal sealed class Blackbox : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 });
    private readonly int port = Places.FreePorts(1)[0];

    public Blackbox(Places places, string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(places.Root, name)).FullName;
        string configuration = System.IO.Path.Combine(folder, "blackbox.yml");
        System.IO.File.WriteAllText(configuration, """
            modules:
              http_2xx:
                prober: http
                timeout: 10s

            """);
        Process = new(File!, [$"--config.file={configuration}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], Path.Combine(folder, "output.log"));
        Process.Start();
    }

    public static string? File { get; } = new[] { "/usr/bin/prometheus-blackbox-exporter", "/usr/local/bin/blackbox_exporter" }.FirstOrDefault(System.IO.File.Exists);

    public Child Process { get; }

    public async Task ReadyAsync(Uri target)
    {
        for (Deadline deadline = new(TimeSpan.FromSeconds(30)); !await TryAsync(target, CancellationToken.None); await deadline.PauseAsync("blackbox did not answer"))
        {
        }
    }

    /// <summary>One after the other, several at once, until the time is over; how many.</summary>
    public async Task<int> SaturateAsync(Target target, int atOnce, TimeSpan time)
    {
        int done = 0;
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begin) < time)
            {
                if (!await TryAsync(target.Of("blackbox", Interlocked.Increment(ref done)), CancellationToken.None))
                    throw new InvalidOperationException("blackbox did not probe");
            }
        })));
        return done;
    }

    /// <summary>Each target once in each interval, evenly spread, as Prometheus asks for them.</summary>
    public async Task SpreadAsync(Target target, int count, TimeSpan interval, CancellationToken cancel)
    {
        List<Task> running = [];
        long begin = Stopwatch.GetTimestamp();
        try
        {
            for (long asked = 0; ; )
            {
                long due = (long)(Stopwatch.GetElapsedTime(begin) / interval * count);
                for (; asked < due; asked++)
                    running.Add(TryAsync(target.Of("blackbox", (int)(asked % count)), cancel));
                running.RemoveAll(static task => task.IsCompleted);
                await Task.Delay(10, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    public void Dispose()
    {
        Process.Dispose();
        http.Dispose();
    }

    private async Task<bool> TryAsync(Uri target, CancellationToken cancel)
    {
        try
        {
            string answer = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/probe?module=http_2xx&target={Uri.EscapeDataString(target.AbsoluteUri)}"), cancel);
            return answer.Contains("probe_success 1", StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
