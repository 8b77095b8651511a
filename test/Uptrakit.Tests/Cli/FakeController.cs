using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Tests.Cli;

/// <summary>A request that reached the server.</summary>
internal sealed record Arrived(string Line, string? Authorization, string Body, string Protocol);

/// <summary>A Controller's API with answers from a table, behind a certificate of the test's choice.</summary>
internal sealed class FakeController : IAsyncDisposable
{
    internal const string Token = "upk_the-token-of-dana";

    private readonly WebApplication app;
    private readonly ConcurrentQueue<Arrived> arrived = new();
    private readonly ConcurrentDictionary<string, Func<Arrived, (int Status, string Body)>> answers = new();

    private FakeController(WebApplication app) => this.app = app;

    internal string Address => $"https://127.0.0.1:{new Uri(app.Urls.Single()).Port}";

    /// <summary>What `GET /api/v1/pki/ca.crt` serves.</summary>
    internal string Bundle { get; set; } = "";

    internal IReadOnlyList<Arrived> Requests => [.. arrived];

    internal IEnumerable<string> Lines => arrived.Select(one => one.Line);

    /// <summary>Everything that reached the server, to look for what must not have.</summary>
    internal string Everything => string.Join('\n', arrived);

    internal static Task<FakeController> StartAsync(ControllerCa ca) => StartAsync(ca.ServerLeaf(), ca.Pem);

    internal static async Task<FakeController> StartAsync(
        X509Certificate2 leaf, string bundle, SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = leaf;
                https.SslProtocols = protocols;
            });
        }));
        FakeController fake = new(builder.Build()) { Bundle = bundle };
        fake.Answer("GET /api/v1/me", request => request.Authorization == $"Bearer {Token}"
            ? (200, """{"name":"dana","signed_in_with":"api-token","controller_id":"6c1d9c3e-2d3f-4c8e-9d0a-0f6b6a1c2e11","controller_version":"0.1.0","expires_at":null}""")
            : (401, """{"title":"Nobody is signed in.","status":401,"code":"unauthenticated"}"""));
        fake.app.Run(fake.AnswerAsync);
        await fake.app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    internal void Answer(string line, int status, string body) => Answer(line, _ => (status, body));

    internal void Answer(string line, Func<Arrived, (int Status, string Body)> answer) => answers[line] = answer;

    /// <summary>Answers the device flow: pending as often as said, then a token.</summary>
    internal void AnswerDevice(int pending = 1, long interval = 5)
    {
        int asked = 0;
        Answer("POST /connect/device", 200, $$"""
            {"device_code":"the-device-code","user_code":"BDWP-HQPK","verification_uri":"{{Address}}/device",
             "verification_uri_complete":"{{Address}}/device?user_code=BDWP-HQPK","expires_in":600,"interval":{{interval}}}
            """);
        Answer("POST /connect/token", _ => ++asked <= pending
            ? (400, """{"error":"authorization_pending"}""")
            : (200, $$"""{"access_token":"{{Token}}","refresh_token":"refresh-1","expires_in":3600,"token_type":"Bearer"}"""));
        Answer("POST /connect/revoke", 200, "{}");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
        Arrived request = new($"{context.Request.Method} {context.Request.Path}{Uri.UnescapeDataString(context.Request.QueryString.Value ?? "")}", context.Request.Headers.Authorization,
            await reader.ReadToEndAsync(context.RequestAborted), context.Request.Protocol);
        arrived.Enqueue(request);
        (int status, string body) = request.Line == "GET /api/v1/pki/ca.crt"
            ? (200, Bundle)
            : answers.TryGetValue(request.Line.Split('?')[0], out Func<Arrived, (int, string)>? answer)
                ? answer(request)
                : (404, """{"title":"There is no such thing.","status":404,"code":"not_found"}""");
        context.Response.StatusCode = status;
        if (body.Length > 0)
            await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
