using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Uptrakit.Qu.Commands;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Files;
using Uptrakit.Trust.Identity;
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
        using ILoggerFactory loggers = NodeLogging.Create();
        (NodeFile? settings, NodeIdentity? identity, string? fault) = await LoadAsync(folder, local, loggers, variable, cancel).ConfigureAwait(false);
        if (fault is null)
            fault = await ControlSocket.PrepareAsync(paths.Socket, cancel).ConfigureAwait(false);
        if (fault is not null || settings is null || identity is null)
            return terminal.Fail(ExitCode.Failed, fault ?? "the node could not be loaded");

        await using Node node = new(folder, settings, identity, loggers, clock);
        try
        {
            await node.RestoreAsync(cancel).ConfigureAwait(false);
            await using WebApplication app = Build(node, settings, paths.Socket, loggers);
            await app.StartAsync(cancel).ConfigureAwait(false);
            ControlSocket.Restrict(paths.Socket);
            node.Logger.Serving(identity.NodeId, $"{settings.BindAddress}:{settings.BindPort}", identity.Fingerprint, paths.Socket);
            return await ServeAsync(app, node, cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(ExitCode.Failed, Words(broken, settings));
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

    private static async Task<(NodeFile? Settings, NodeIdentity? Identity, string? Fault)> LoadAsync(
        DataFolder folder, LocalNode local, ILoggerFactory loggers, Func<string, string?> variable, CancellationToken cancel)
    {
        if (!folder.IsNode)
        {
            if (folder.Prepare() is { } unusable)
                return (null, null, unusable);
            if (await local.FoundFromVariablesAsync(folder, cancel).ConfigureAwait(false) is { } notFounded)
                return (null, null, notFounded);
        }

        if (PrivateFolder.Fault(folder.Root) is { } unsafeFolder)
            return (null, null, unsafeFolder);
        ILogger logger = loggers.CreateLogger<Node>();
        if (DurableFile.SweepLeftovers(folder.Root) is > 0 and var swept)
            logger.LeftoversSwept(swept);
        if (!NodeFile.TryLoad(folder.NodeFile, out NodeFile? file, out IReadOnlyList<Quorum.State.YamlFault> faults, out bool hadSecret))
            return (null, null, $"{folder.NodeFile}: {string.Join("; ", faults)}");
        if (hadSecret)
        {
            folder.WriteNode(file!);
            logger.SecretBlanked();
        }

        NodeFile settings = file!.WithEnvironment(variable, out IReadOnlyList<string> wrong);
        if (wrong.Count > 0)
            return (null, null, string.Join("; ", wrong));
        if (settings.NodeId != file.NodeId)
            return (null, null, $"QUPTIME_NODE_ID names another node than {folder.NodeFile}: a NodeID never changes; unset it");
        if (!NodeId.TryParse(settings.NodeId, out NodeId? id))
            return (null, null, $"{folder.NodeFile}: node_id is missing or not a UUID");
        return NodeIdentity.TryLoad(folder.Keys, id, out NodeIdentity? identity, out string? keyFault)
            ? (settings, identity, null)
            : (null, null, keyFault);
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
                endpoint.Use(ControlSocket.OnlyOwner(node.Logger));
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

    private static string Words(Exception broken, NodeFile settings) =>
        broken.GetBaseException() is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AddressAlreadyInUse }
        || broken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            ? $"port {settings.BindPort} of {settings.BindAddress} is in use: stop what uses it, or change bind_port in node.yaml (or QUPTIME_BIND_PORT)"
            : broken.Message;
}
