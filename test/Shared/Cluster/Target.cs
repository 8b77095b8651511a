using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>A web server to watch, which can be broken and healed.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly WebApplication app;
    private volatile bool broken;
    private int asked;

    private Target(string host)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add($"http://{host}:0");
        app.MapGet("/", () =>
        {
            Interlocked.Increment(ref asked);
            return Results.Text("hello", statusCode: broken ? 503 : 200);
        });
    }

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref asked);

    public string Url => app.Urls.First() + "/";

    public int Port => new Uri(Url).Port;

    public static async Task<Target> StartAsync(string host = "127.0.0.1")
    {
        Target target = new(host);
        await target.app.StartAsync();
        return target;
    }

    public void Break() => broken = true;

    public void Heal() => broken = false;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
