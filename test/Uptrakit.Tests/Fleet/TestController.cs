using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Client;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Users;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Fleet;

/// <summary>A whole Controller in this process: HTTPS on a free port of loopback, a state folder of its own.</summary>
internal sealed class TestController : IAsyncDisposable
{
    private readonly Action<RawOptions>? shape;
    private readonly List<IDisposable> opened = [];
    private ControllerApp app;

    private TestController(string folder, TimeProvider clock, Action<RawOptions>? shape, ControllerApp app)
    {
        (Folder, Clock, this.shape, this.app) = (folder, clock, shape, app);
    }

    public string Folder { get; }

    public TimeProvider Clock { get; }

    public int Port => app.HttpsPort;

    public ControllerAddress Address => ControllerAddress.TryParse($"127.0.0.1:{Port}", out ControllerAddress? address, out string? fault)
        ? address
        : throw new InvalidOperationException(fault);

    public X509Certificate2 Root => Get<AuthorityKeys>().Current.Anchor;

    /// <summary>Starts one.</summary>
    /// <param name="database">What --database would say; null for SQLite in the state folder.</param>
    /// <param name="clock">Its time; null for the machine's.</param>
    /// <param name="shape">Other options.</param>
    public static async Task<TestController> StartAsync(string? database = null, TimeProvider? clock = null, Action<RawOptions>? shape = null)
    {
        string folder = Directory.CreateTempSubdirectory("uptrakit-hub-").FullName;
        TimeProvider time = clock ?? TimeProvider.System;
        Action<RawOptions> all = raw =>
        {
            raw.Database = database;
            shape?.Invoke(raw);
        };
        return new TestController(folder, time, all, await LaunchAsync(folder, time, all));
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async Task RestartAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        app = await LaunchAsync(Folder, Clock, shape);
    }

    public Task StopAsync() => app.StopAsync();

    /// <summary>A handler that trusts this Controller's present bundle, as a Service that knows it does.</summary>
    public VerifiedHandler Handler(X509Certificate2? own = null, IReadOnlyList<X509Certificate2>? above = null)
    {
        CertificateBundle bundle = CertificateBundle.Of(Get<AuthorityKeys>().Current.Bundle);
        SslStreamCertificateContext? context = own is null ? null : SslStreamCertificateContext.Create(own, [.. above ?? []], offline: true);
        VerifiedHandler handler = new(Address, ServerPolicy.Anchored(TrustAnchors.None.WithBundle(bundle)), Clock, context);
        opened.Add(handler);
        return handler;
    }

    public GrpcChannel Channel(X509Certificate2? own = null, IReadOnlyList<X509Certificate2>? above = null) => Channel(Handler(own, above));

    public GrpcChannel Channel(VerifiedHandler handler)
    {
        GrpcChannel channel = GrpcChannel.ForAddress(Address.Base, new GrpcChannelOptions { HttpHandler = handler.Http });
        opened.Add(channel);
        return channel;
    }

    /// <summary>A client of the API, without a token unless one is given.</summary>
    public HttpClient Http(string? apiToken = null)
    {
        HttpClient http = new(Handler().Http, disposeHandler: false)
        {
            BaseAddress = Address.Base,
            DefaultRequestVersion = HttpVersion.Version20,
            Timeout = TimeSpan.FromMinutes(2),
        };
        if (apiToken is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiToken);
        opened.Add(http);
        return http;
    }

    public async Task<string> ApiTokenAsync(CancellationToken cancel)
    {
        CreatedApiToken? created = await Get<ApiTokens>().CreateAsync(ApiTokens.Owner.Host, "tests", null, "local:tests", cancel);
        Assert.NotNull(created);
        return created.Token;
    }

    /// <summary>A token with which Services enroll.</summary>
    public async Task<ServiceToken> TokenAsync(
        CancellationToken cancel, int uses = 1, TimeSpan? ttl = null, params string[] capabilities)
    {
        Outcome<CreatedEnrollmentToken> outcome = await Get<EnrollmentTokens>().CreateAsync(
            new CreateEnrollmentTokenRequest(null, capabilities.Length > 0 ? capabilities : null, uses, (long?)ttl?.TotalSeconds), "local:tests", cancel);
        Assert.Null(outcome.Fault);
        Assert.True(ServiceToken.TryParse(outcome.Value!.Token, out ServiceToken? token, out _));
        return token;
    }

    public async Task<int> UsesLeftAsync(ServiceToken token, CancellationToken cancel) =>
        (await Get<EnrollmentTokens>().ListAsync(cancel)).Items.Single(one => one.Id == token.Id).UsesLeft;

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable one in Enumerable.Reverse(opened))
            one.Dispose();
        await app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<ControllerApp> LaunchAsync(string folder, TimeProvider clock, Action<RawOptions>? shape)
    {
        RawOptions raw = new();
        shape?.Invoke(raw);
        ServeOptions? options = ServeOptions.Read(raw.In(folder), out List<string> faults);
        Assert.True(options is not null, string.Join('\n', faults));
        ControllerApp app = ControllerApp.Build(options, NullLoggerFactory.Instance, clock);
        Assert.Null(await app.StartAsync(TestContext.Current.CancellationToken));
        return app;
    }

    /// <summary>What tests change of the options.</summary>
    internal sealed class RawOptions
    {
        public string? Database { get; set; }

        public IReadOnlyList<string> Names { get; set; } = ["localhost", "127.0.0.1"];

        public string? PkiAddress { get; set; }

        public string? PkiHttp { get; set; }

        public string? PublicAddress { get; set; }

        public string? CaCert { get; set; }

        public string? CaKey { get; set; }

        public string? TlsCert { get; set; }

        public string? TlsKey { get; set; }

        public RawServeOptions In(string folder) => new()
        {
            StateFolder = folder,
            HttpsAddress = "127.0.0.1:0",
            Database = Database,
            Names = TlsCert is null ? Names : [],
            PkiAddress = PkiAddress,
            PkiHttp = PkiHttp,
            PublicAddress = PublicAddress,
            CaCert = CaCert,
            CaKey = CaKey,
            TlsCert = TlsCert,
            TlsKey = TlsKey,
        };
    }
}
