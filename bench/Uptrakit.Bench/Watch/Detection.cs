using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Bench.Watch;

/// <summary>From a target's failure to the message that says so, confirmed by all nodes, at moments that the checks know nothing of.</summary>
internal static class Detection
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(400);

    public static async Task RunAsync(Places places, Report report, int count)
    {
        ConcurrentDictionary<string, long> failed = new(), told = new();
        int port = Places.FreePorts(1)[0];
        await using WebApplication web = Serve(port, failed, told);
        await web.StartAsync();
        IEnumerable<Check> checks = Enumerable.Range(0, count).Select(number => new Check
        {
            Name = $"d{number}",
            Type = CheckType.Http,
            Enabled = true,
            Target = $"http://127.0.0.1:{port}/target/d{number}",
            IntervalMs = (long)Interval.TotalMilliseconds,
            TimeoutMs = 5000,
        });
        using QuCluster cluster = await QuCluster.StartAsync(places, "d", 3, checks);
        QuNode leader = await cluster.LeaderAsync();
        await leader.ChangeAsync(new Command { PutAlert = new PutAlert { Alert = new Alert
        {
            Name = "hook", Type = AlertType.Webhook, Enabled = true, IsDefault = true, Url = $"http://127.0.0.1:{port}/hook",
        } } });
        for (Deadline deadline = new(TimeSpan.FromMinutes(2)); ; await deadline.PauseAsync("the checks are not up"))
        {
            if (await leader.StatusAsync() is { } status && status.Checks.Count == count && status.Checks.All(static check => check is { Ok: 3, State: "up" }))
                break;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        foreach (int number in Enumerable.Range(0, count))
        {
            failed[$"d{number}"] = Stopwatch.GetTimestamp();
            // No multiple of the interval, and not the same twice.
            await Task.Delay(Between + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(200)));
        }

        for (Deadline deadline = new(3 * Interval); told.Count < count; await deadline.PauseAsync($"{count - told.Count} messages did not come"))
        {
        }

        Figures taken = Figures.Of(failed.Select(pair => Stopwatch.GetElapsedTime(pair.Value, told[pair.Key]).TotalSeconds));
        double half = Interval.TotalSeconds / 2;
        report.Add(new($"target's failure → webhook, interval {Interval.TotalSeconds:0} s, 3 nodes, {count} checks: median", $"≤ {half + 1:0} s", $"{taken.Median:0.00} s", "", "", taken.Median <= half + 1));
        report.Add(new("the same, slowest", $"≤ {Interval.TotalSeconds + 2:0} s", $"{taken.Sorted[^1]:0.00} s", "", "", taken.Sorted[^1] <= Interval.TotalSeconds + 2));
    }

    private static WebApplication Serve(int port, ConcurrentDictionary<string, long> failed, ConcurrentDictionary<string, long> told)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication web = builder.Build();
        web.Run(async context =>
        {
            string path = context.Request.Path.Value ?? "";
            if (path == "/hook")
            {
                long now = Stopwatch.GetTimestamp();
                using JsonDocument message = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
                if (message.RootElement.GetProperty("verb").GetString() == "DOWN")
                    told.TryAdd(message.RootElement.GetProperty("check").GetProperty("name").GetString()!, now);
                return;
            }

            if (failed.ContainsKey(path[(path.LastIndexOf('/') + 1)..]))
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        });
        return web;
    }
}
