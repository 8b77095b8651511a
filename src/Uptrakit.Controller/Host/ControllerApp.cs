using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Uptrakit.Controller.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Control;
using Uptrakit.Controller.Dashboard;
using Uptrakit.Controller.Gateway;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Users;
using Uptrakit.Hosting;

namespace Uptrakit.Controller.Host;

/// <summary>The Controller: lists the rooms, opens the ports, and runs until it is told to stop.</summary>
internal sealed class ControllerApp : IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly ServeOptions options;
    private readonly ILogger logger;

    private ControllerApp(WebApplication app, ServeOptions options)
    {
        this.app = app;
        this.options = options;
        logger = app.Services.GetRequiredService<ILogger<ControllerApp>>();
    }

    public IServiceProvider Services => app.Services;

    /// <summary>The port of HTTPS, once it is open.</summary>
    public int HttpsPort { get; private set; }

    public static void QuietLogs(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error);
        logging.AddFilter("OpenIddict", LogLevel.Warning);
    }

    public static ControllerApp Build(ServeOptions options, ILoggerFactory loggers, TimeProvider clock)
    {
        // Nothing is read from the working folder or from ASPNETCORE_ variables: the empty builder knows neither.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(ControllerApp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(options);
        builder.Services.AddLogging();
        builder.Services.AddRouting();
        builder.Services.AddSystemd();
        AddRooms(builder.Services, options);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, kestrel.ApplicationServices));
        WebApplication app = builder.Build();
        MapRooms(app);
        return new ControllerApp(app, options);
    }

    /// <summary>Opens the database, the CAs and the ports. The answer is what is wrong, or null.</summary>
    public async Task<string?> StartAsync(CancellationToken cancel)
    {
        if (await app.Services.GetRequiredService<Startup>().RunAsync(cancel) is { } fault)
            return fault;
        await app.StartAsync(cancel);
        ControlSocket.Restrict(options.Socket);
        HttpsPort = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Where(static address => address.StartsWith("https:", StringComparison.Ordinal))
            .Select(static address => new Uri(address).Port).First();
        logger.Serving(app.Services.GetRequiredService<ControllerIdentity>().Id,
            new IPEndPoint(options.Https.Address, HttpsPort).ToString(), options.Database.Shown, options.Socket);
        return null;
    }

    /// <summary>Serves until a signal, or until a room fails: then the answer is true.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        IHostApplicationLifetime lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopAsync();
        return false;
    }

    public async Task StopAsync()
    {
        using CancellationTokenSource grace = new(StopGrace);
        await app.StopAsync(grace.Token);
        logger.Stopped();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void AddRooms(IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton<Startup>();
        services.AddSingleton<ServerCertificate>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<HttpsListener>();
        services.AddSingleton<IResolver, SystemResolver>();
        services.AddSingleton<HostNames>();
        services.AddSingleton<OnceOpened>();
        services.AddHostedService<CertificateChores>();
        services.AddStorage(options.Database);
        services.AddSettings();
        services.AddSingleton(static services => services.GetRequiredService<ControllerIdentity>().ForAuthority());
        services.AddAuthority();
        services.AddInventory();
        services.AddGateway();
        services.AddApi();
        services.AddControl();
        services.AddUsers();
        services.AddDashboard();
    }

    private static void MapRooms(WebApplication app)
    {
        app.UseApiProblems();
        app.UseRouting();
        app.Use(Doors.Middleware);
        app.Use(GatewayGate.Middleware);
        // A Service is who its certificate says: no session and no token is looked for in its calls, of which a thousand come at once. They are
        // answered here; it is not the authentication that is put in a branch, because the host would then put another one before the doors.
        app.UseWhen(GatewayGate.IsForServices, static services => services.UseEndpoints(static _ => { }));
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGateway();
        app.MapApi();
        app.MapControl();
        app.MapUsers();
        app.MapDashboard();
    }

    private static void Listen(KestrelServerOptions kestrel, ServeOptions options, IServiceProvider services)
    {
        Bound(kestrel.Limits);
        kestrel.AddServerHeader = false;
        HttpsListener https = services.GetRequiredService<HttpsListener>();
        ListenAt(kestrel, options.Https, https.Configure);
        if (options.PkiListener is { } pki)
            ListenAt(kestrel, pki, endpoint => ListenPlainly(endpoint, services.GetRequiredService<ConnectionGate>()));
        kestrel.ListenUnixSocket(options.Socket, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.Use(ControlSocket.OnlyOwner(services.GetRequiredService<ILogger<ControllerApp>>().CallerRefused));
        });
    }

    private static void ListenAt(KestrelServerOptions kestrel, IPEndPoint at, Action<ListenOptions> configure)
    {
        if (at.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(at.Port, configure); // IPv4 too, and alone where there is no IPv6
        else
            kestrel.Listen(at, configure);
    }

    private static void ListenPlainly(ListenOptions endpoint, ConnectionGate gate)
    {
        endpoint.Protocols = HttpProtocols.Http1;
        endpoint.Use(gate.Middleware);
        endpoint.Use(static next => connection =>
        {
            connection.Features.Set(new PlainConnection());
            return next(connection);
        });
    }

    /// <summary>What a connection may cost before anybody knows who it is.</summary>
    private static void Bound(KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        limits.MaxRequestBodySize = 1 << 20;
        limits.MaxRequestBufferSize = 64 << 10;
        limits.MaxResponseBufferSize = 64 << 10;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestHeaderCount = 60;
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.HeaderTableSize = 4096;
        limits.Http2.MaxRequestHeaderFieldSize = 16 << 10;
        // The smallest there are: what a Service sends fits, and thousands of them are connected.
        limits.Http2.InitialStreamWindowSize = 65_535;
        limits.Http2.InitialConnectionWindowSize = 65_535;
    }
}
