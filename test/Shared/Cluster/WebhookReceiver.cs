using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>One message as it arrived.</summary>
internal sealed record Received(DateTimeOffset At, string Id, string Verb, string Check, string? Signature, string? Timestamp, byte[] Body)
{
    /// <summary>Checks the signature as a receiver does who has only the documentation.</summary>
    public bool IsSignedWith(string secret)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(Timestamp ?? ""), (byte)'.', .. Body];
        return Signature == "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    public override string ToString() => $"{At:HH:mm:ss.fff} {Verb} {Check} {Id}";
}

/// <summary>A real HTTP server that records every message it is sent.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> received = new();
    private readonly WebApplication app;

    private WebhookReceiver(string host)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add($"http://{host}:0");
        app.MapPost("/", TakeAsync);
    }

    public string Url => app.Urls.First() + "/";

    public IReadOnlyList<Received> All => [.. received];

    public static async Task<WebhookReceiver> StartAsync(string host = "127.0.0.1")
    {
        WebhookReceiver receiver = new(host);
        await receiver.app.StartAsync();
        return receiver;
    }

    public IReadOnlyList<Received> Of(string check, string verb) => [.. received.Where(r => r.Check == check && r.Verb == verb)];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using JsonDocument json = JsonDocument.Parse(body.ToArray());
        JsonElement root = json.RootElement;
        received.Enqueue(new Received(
            TimeProvider.System.GetUtcNow(),
            root.GetProperty("id").GetString()!,
            root.GetProperty("verb").GetString()!,
            root.GetProperty("check").GetProperty("name").GetString()!,
            context.Request.Headers["X-Uptrakit-Signature"],
            context.Request.Headers["X-Uptrakit-Timestamp"],
            body.ToArray()));
    }
}
