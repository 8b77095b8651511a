using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

/// <summary>A Controller of a test: real TLS and gRPC on loopback, and answers that the test decides.</summary>
internal sealed class FakeController : IAsyncDisposable
{
    private readonly int port;
    private WebApplication app;
    private int connections;

    private FakeController(TestFleetCa ca, int port, WebApplication app)
    {
        Ca = ca;
        this.port = port;
        this.app = app;
        Bundle = ca.Root.Bundle;
    }

    public Guid Id { get; set; } = Guid.NewGuid();

    public TestFleetCa Ca { get; set; }

    /// <summary>What it shows in handshakes from now on.</summary>
    public X509Certificate2 Leaf { get; set; } = null!;

    public IReadOnlyList<X509Certificate2> Chain { get; set; } = [];

    public CertificateBundle Bundle { get; set; }

    public CertificateBundle? HandOver { get; set; }

    /// <summary>A token that it takes; null takes none.</summary>
    public ServiceToken? Token { get; set; }

    /// <summary>Answers an enrollment instead of granting it.</summary>
    public Func<EnrollRequest, EnrollReply?>? OnEnroll { get; set; }

    /// <summary>Answers a connection instead of taking it.</summary>
    public Func<Exception?>? OnConnect { get; set; }

    /// <summary>Which client certificates it takes; null takes all.</summary>
    public Func<X509Certificate2, bool>? Admits { get; set; }

    /// <summary>Answers a renewal instead of granting it.</summary>
    public Func<Exception?>? OnRenew { get; set; }

    public TimeSpan ClientLife { get; set; } = TimeSpan.FromDays(30);

    public DateTimeOffset Now { get; set; } = TestCa.Now;

    public ConcurrentQueue<EnrollRequest> Enrollments { get; } = new();

    public ConcurrentQueue<RenewRequest> Renewals { get; } = new();

    public ConcurrentQueue<FakeStream> Streams { get; } = new();

    /// <summary>Every path that was asked for, with the HTTP version.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Connections => Volatile.Read(ref connections);

    public int Port => port;

    public string Url => $"https://localhost:{port}";

    public FakeStream LastStream => Streams.Last();

    public static async Task<FakeController> StartAsync(TestFleetCa? ca = null, int port = 0)
    {
        ca ??= new TestFleetCa();
        Lazy<FakeController>? self = null;
        WebApplication app = await BuildAsync(port, () => self!.Value);
        int bound = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        FakeController controller = new(ca, bound, app) { Leaf = ca.Server(), Chain = [ca.Issuing.Certificate] };
        self = new Lazy<FakeController>(controller);
        return controller;
    }

    public Task StopAsync() => StopAsync(app);

    public async Task RestartAsync()
    {
        await StopAsync(app);
        app = await BuildAsync(port, () => this);
    }

    public ServiceToken Mint(bool withPin = false, bool withAddress = false) => Token = ServiceToken.Mint(
        Id, TestCa.Now.AddHours(1), withAddress ? [new TokenAddress("localhost", port)] : [], withPin ? Ca.Root.Fingerprint : null);

    public async ValueTask DisposeAsync() => await StopAsync(app);

    internal X509Certificate2 Issue(byte[] csr, Guid service) => Ca.Client(csr, Id, service, Now.AddMinutes(-1), Now + ClientLife);

    private static async Task StopAsync(WebApplication app)
    {
        using CancellationTokenSource now = new(TimeSpan.FromMilliseconds(50));
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private static async Task<WebApplication> BuildAsync(int port, Func<FakeController> self)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(self);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.UseHttps(
            new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(self().Tls()) })));
        WebApplication app = builder.Build();
        app.Use((context, next) =>
        {
            self().Requests.Enqueue($"{context.Request.Protocol} {context.Request.Path}");
            return next(context);
        });
        app.UseRouting();
        app.MapGrpcService<FakeEnrollment>();
        app.MapGrpcService<FakeGateway>();
        app.MapGet("/healthz", () => "ok");
        app.MapGet(PkiPath.Bundle, () => self().Bundle.ToPem());
        app.MapGet(PkiPath.HandOver, () => self().HandOver is { } evidence ? Results.Text(evidence.ToPem()) : Results.NotFound());
        await app.StartAsync();
        return app;
    }

    private SslServerAuthenticationOptions Tls()
    {
        Interlocked.Increment(ref connections);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Leaf, [.. Chain], offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateRequired = true,
            // Who it is, the test looks at; a Service without one is to be seen too.
            RemoteCertificateValidationCallback = static (_, leaf, _, _) => leaf is null || leaf.Subject.Length > 0,
            AllowTlsResume = false,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
    }
}
