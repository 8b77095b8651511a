using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Uptrakit.Hosting;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Qu.Daemon;

/// <summary>The daemon: opens the one port and the control socket, and runs the rooms of <see cref="Node"/> behind them.</summary>
internal static class NodeHost
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(
        QuPaths paths, Terminal terminal, LocalNode local, TimeProvider clock, Func<string, string?> variable, CancellationToken cancel)
    {
        ControlSocket.RestrictNewFiles();
        DataFolder folder = new(paths.DataFolder);
        if (folder.Take(out IDisposable? hold, out int swept) is { } unusable)
            return terminal.Fail(ExitCode.Failed, unusable);
        using (hold)
        {
            using ILoggerFactory loggers = DaemonLogging.Create(Environment.GetEnvironmentVariable("QUPTIME_LOG_LEVEL"));
            if (swept > 0)
                loggers.CreateLogger<Node>().LeftoversSwept(swept);
            List<string> faults = [];
            LoadedNode? loaded = await LoadAsync(folder, local, variable, faults, cancel).ConfigureAwait(false);
            if (await ControlSocket.PrepareAsync(paths.Socket, "name another place with QUPTIME_SOCKET", cancel).ConfigureAwait(false) is { } noSocket)
                faults.Add(noSocket);
            if (loaded is not null && faults.Count == 0)
                return await RunAsync(folder, loaded, paths.Socket, loggers, terminal, clock, cancel).ConfigureAwait(false);
            foreach (string fault in faults)
                terminal.Fail(ExitCode.Failed, fault);
            return (int)ExitCode.Failed;
        }
    }

    private static async Task<int> RunAsync(
        DataFolder folder, LoadedNode loaded, string socket, ILoggerFactory loggers, Terminal terminal, TimeProvider clock, CancellationToken cancel)
    {
        NodeFile settings = loaded.Settings;
        OwnIdentity? own = null;
        try
        {
            if (loaded.HadSecret)
            {
                folder.WriteNode(loaded.File);
                loggers.CreateLogger<Node>().SecretBlanked();
            }

            (WebOptions? pages, string? wrong) = WebRoom.OptionsOf(settings, () => own!.Context, clock, loggers.CreateLogger<QuWeb>());
            if (wrong is not null)
                return terminal.Fail(ExitCode.Usage, wrong);
            await using Node node = new(folder, settings, loaded.Identity, loaded.Trusted, loggers, clock);
            own = node.Own;
            await node.RestoreAsync(cancel).ConfigureAwait(false);
            await using WebApplication app = Build(node, settings, socket, loggers);
            await app.StartAsync(cancel).ConfigureAwait(false);
            ControlSocket.Restrict(socket);
            node.Logger.Serving(loaded.Identity.NodeId, $"{settings.BindAddress}:{settings.BindPort}", loaded.Identity.Fingerprint, socket);
            await using QuWeb? web = pages is null ? null : await StartPagesAsync(pages, node, loggers, clock, cancel).ConfigureAwait(false);
            return await ServeAsync(app, node, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or UnauthorizedAccessException or SocketException)
        {
            return terminal.Fail(ExitCode.Failed, Words(broken, settings));
        }
    }

    /// <exception cref="IOException">In the words of the page's own address: it is not the port of the members.</exception>
    private static async Task<QuWeb> StartPagesAsync(WebOptions pages, Node node, ILoggerFactory loggers, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            return await QuWeb.StartAsync(pages, node.Web, loggers, clock, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            throw new IOException($"the status page cannot be served at {pages.Listen} ({broken.GetBaseException().Message}): choose another place with --http, http in node.yaml, or QUPTIME_HTTP");
        }
    }

    private static async Task<int> ServeAsync(WebApplication app, Node node, CancellationToken cancel)
    {
        IHostApplicationLifetime lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        bool failed = await node.RunAsync(stop.Token).ConfigureAwait(false);
        await node.StopAsync().ConfigureAwait(false);
        using CancellationTokenSource grace = new(TimeSpan.FromSeconds(5));
        await app.StopAsync(grace.Token).ConfigureAwait(false);
        node.Logger.Stopped();
        return (int)(failed ? ExitCode.Failed : ExitCode.Done);
    }

    private static async Task<LoadedNode?> LoadAsync(
        DataFolder folder, LocalNode local, Func<string, string?> variable, List<string> faults, CancellationToken cancel)
    {
        try
        {
            if (!folder.IsNode && await local.FoundFromVariablesAsync(folder, cancel).ConfigureAwait(false) is { } notFounded)
                faults.Add(notFounded);
            else
                return LoadedNode.TryLoad(folder, variable, faults);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{folder.Root}: {broken.Message}");
        }

        return null;
    }

    private static WebApplication Build(Node node, NodeFile settings, string socket, ILoggerFactory loggers)
    {
        // Nothing is read from the working folder or from ASPNETCORE_ variables: the empty builder knows neither.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSystemd();
        node.AddServices(builder.Services);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Bound(kestrel.Limits);
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(settings.BindAddress), settings.BindPort, endpoint => ListenToPeers(endpoint, node));
            kestrel.ListenUnixSocket(socket, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                endpoint.Use(ControlSocket.OnlyOwner(node.Logger.CallerRefused));
            });
        });

        WebApplication app = builder.Build();
        app.Use(CallerGate.Middleware(node.Directory));
        app.UseRouting();
        Node.MapServices(app);
        return app;
    }

    private static void ListenToPeers(ListenOptions endpoint, Node node)
    {
        endpoint.Protocols = HttpProtocols.Http2;
        endpoint.Use(node.Gate.Middleware);
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeTime,
            OnConnection = _ => new(PeerTls.ServerOptions(node.Own.Context, [SslApplicationProtocol.Http2, PeerProtocol.Engine])),
        });
        endpoint.Use(node.Connections.Middleware);
    }

    /// <summary>What a connection may cost before anybody knows who it is.</summary>
    private static void Bound(KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 40;
        limits.Http2.MaxStreamsPerConnection = 64;
        limits.Http2.HeaderTableSize = 4096;
        limits.Http2.MaxRequestHeaderFieldSize = 8 * 1024;
        limits.Http2.InitialStreamWindowSize = 128 * 1024;
        limits.Http2.InitialConnectionWindowSize = 256 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }

    private static string Words(Exception broken, NodeFile settings)
    {
        if (broken.Message.Contains("http://unix:", StringComparison.Ordinal))
            return $"the control socket could not be opened: {broken.GetBaseException().Message}; name another place with QUPTIME_SOCKET";
        return broken.GetBaseException() is SocketException socket ? Words(socket, settings) : broken.Message;
    }

    private static string Words(SocketException fault, NodeFile settings) => fault.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {settings.BindPort} of {settings.BindAddress} is in use: stop what uses it, or change bind_port in node.yaml (or QUPTIME_BIND_PORT)",
        SocketError.AddressNotAvailable =>
            $"{settings.BindAddress} is not an address of this machine: change bind_addr in node.yaml (or QUPTIME_BIND_ADDR)",
        SocketError.AccessDenied =>
            $"this user may not listen on port {settings.BindPort}: choose one above 1023 in node.yaml (or QUPTIME_BIND_PORT)",
        _ => $"{settings.BindAddress}:{settings.BindPort} could not be opened: {fault.Message}",
    };
}
