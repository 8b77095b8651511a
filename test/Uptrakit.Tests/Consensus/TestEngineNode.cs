using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;
using Engine = Uptrakit.Quorum.Consensus.Consensus;

namespace Uptrakit.Tests.Consensus;

/// <summary>One node: its own key, port, data folder, and while it runs, its engine.</summary>
internal sealed class TestEngineNode : IAsyncDisposable
{
    private readonly TestEngineCluster cluster;
    private readonly PinTable pins = new();
    private readonly PeerChannels channels;
    private readonly PeerConnections connections;
    private readonly WebApplication listener;

    private TestEngineNode(TestEngineCluster cluster, NodeId id, string folder)
    {
        this.cluster = cluster;
        Id = id;
        Folder = folder;
        Identity = NodeIdentity.Create(id, KeyType.EcdsaP256, TimeProvider.System);
        Own = new(Identity);
        PeerVerifier verifier = new(pins, TimeProvider.System);
        Directory = new(id, pins);
        channels = new(Directory, verifier, Own);
        connections = new(verifier, Directory, new ConnectionLimits(), TimeProvider.System, NullLogger.Instance);
        listener = Build();
    }

    public NodeId Id { get; }

    public string Folder { get; }

    public NodeIdentity Identity { get; }

    public OwnIdentity Own { get; }

    public PeerDirectory Directory { get; }

    public int Port { get; private set; }

    public StateStore Store { get; private set; } = new();

    public Engine Engine { get; private set; } = null!;

    public bool Runs { get; private set; }

    public string EngineFolder => Path.Combine(Folder, "engine");

    public ListLogger Log { get; } = new();

    public static async Task<TestEngineNode> OpenAsync(TestEngineCluster cluster, NodeId id, string folder)
    {
        TestEngineNode node = new(cluster, id, folder);
        await node.listener.StartAsync();
        string address = node.listener.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        node.Port = new Uri(address).Port;
        return node;
    }

    public async Task StartAsync(bool founder = false, int checkpointEvery = 5000)
    {
        Store = new();
        EngineLink link = new(Log);
        Engine = new(
            new ConsensusOptions
            {
                Folder = EngineFolder,
                Self = Id,
                Founder = founder,
                ElectionMinimum = cluster.ElectionMinimum,
                ElectionMaximum = cluster.ElectionMinimum * 2,
                RequestTimeout = TimeSpan.FromSeconds(1),
                CheckpointEvery = checkpointEvery,
            },
            Store,
            link,
            cluster.DialerOf(this, channels),
            new ListLoggerFactory(Log),
            TimeProvider.System);
        await Engine.StartAsync(TestContext.Current.CancellationToken);
        connections.Engine = link;
        Runs = true;
    }

    public async Task StopAsync()
    {
        if (!Runs)
            return;
        Runs = false;
        connections.Engine = null;
        await Engine.DisposeAsync();
    }

    public Task<Outcome?> CommitAsync(Command command)
    {
        Command stamped = command.Clone();
        if (stamped.Id.IsEmpty)
            stamped.Id = Proposer.NewId();
        stamped.Proposer = cluster.Founder.ToString();
        stamped.AtMs = State.TestMachine.Start;
        return Engine.CommitAsync(stamped, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await listener.DisposeAsync();
        channels.Dispose();
        connections.Dispose();
        Identity.Dispose();
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new(PeerTls.ServerOptions(Own.Context, [SslApplicationProtocol.Http2, PeerProtocol.Engine])),
            });
            endpoint.Use(connections.Middleware);
        }));
        return builder.Build();
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly Lock gate = new();
    private readonly List<(EventId Id, string Text)> lines = [];

    public IReadOnlyList<(EventId Id, string Text)> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate)
            lines.Add((eventId, formatter(state, exception)));
    }
}

internal sealed class ListLoggerFactory(ListLogger logger) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => logger;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
