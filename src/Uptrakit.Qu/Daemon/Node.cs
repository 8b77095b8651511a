using System.Text;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Checks;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Qu.Daemon;

/// <summary>The rooms of one node, put together: the composition root of the daemon.</summary>
internal sealed partial class Node : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly NodeFile settings;
    private readonly TimeProvider clock;
    private readonly MemberLife life;
    private readonly Prober prober;
    private readonly ProbeByType probes;
    private readonly AlertSenders senders;
    private readonly NodeHistory history;
    private readonly SealKeys sealKeys;
    private readonly PushBook beats;
    private readonly BeatRelay relay;
    private readonly WebRoom web;
    private readonly Reporter reporter;
    private readonly VerdictDesk verdicts;
    private readonly StateStreams streams;
    private readonly PeersService peersService;
    private readonly EnrollmentService enrollmentService;
    private readonly ControlService controlService;
    private readonly PeerChannels channels;
    private readonly StatusView status;
    private readonly ResultsDesk results;
    private readonly Heartbeats heartbeats;
    private readonly ProbeByType ownProbes;
    private readonly ClusterFileSync clusterFile;

    public Node(DataFolder folder, NodeFile settings, NodeIdentity identity, IEnumerable<Peer> trusted, ILoggerFactory loggers, TimeProvider clock)
    {
        this.settings = settings;
        this.clock = clock;
        Logger = loggers.CreateLogger<Node>();
        NodeId self = identity.NodeId;
        Own = new(identity);
        Store = new();
        sealKeys = SealKeys.Open(folder.Keys);
        Keyring keyring = new(self, sealKeys, Store);
        CommandSealer sealer = new(keyring, Store);
        PinTable pins = new();
        PeerVerifier verifier = new(pins, clock);
        Directory = new(self, pins);
        Directory.Replace(trusted);
        Gate = new(new ConnectionLimits(), clock, loggers.CreateLogger<ConnectionGate>());
        Connections = new(verifier, Directory, new ConnectionLimits(), clock, loggers.CreateLogger<PeerConnections>());
        channels = new(Directory, verifier, Own);
        Liveness = new(clock, loggers.CreateLogger<Liveness>());
        LeaderFinder finder = new(() => Consensus, Liveness);
        Leader = finder.Leader;
        Learner learner = new(Store, Directory, channels, clock, loggers.CreateLogger<Learner>());
        ConsensusOptions options = new() { Folder = folder.Engine, Self = self };
        life = new(
            self, folder.Engine, Store, Directory, channels, Connections, learner, Leader,
            link => new(options, Store, link, channels, loggers, clock), clock, loggers.CreateLogger<MemberLife>());
        LeaderDesk desk = new(self, Store, () => Consensus, clock, sealer);
        Proposer = new(desk, channels, Leader, id => id == self, clock, sealer);
        Chores = new(self, Store, () => Consensus, desk, Liveness, channels, Founding, clock, loggers.CreateLogger<LeaderChores>());
        streams = new(Store, () => Consensus, () => LogStart(folder), clock);

        NodeSecrets secrets = new(folder.Secrets, NodeSecrets.DaemonPrefix, keyring);
        // Before the log is read: no flip is missed that a crash kept from the file.
        history = new(new HistoryOptions { Path = folder.History }, Store, clock, loggers.CreateLogger<NodeHistory>());
        beats = new(id => Store.State.Checks.TryGet(id, out Check? check) ? check : null, clock);
        relay = new(beats, clock);
        Liveness.Heard += HearBeats;
        probes = new(() => Store.State.Resolvers, clock, secrets, beats);
        prober = new(probes, self.ToString(), clock, loggers.CreateLogger<Prober>());
        senders = new(clock, SecretsOf(secrets), settings.AlertPrograms.Length > 0 ? settings.AlertPrograms : null, loggers.CreateLogger<AlertSenders>());
        verdicts = new(Store, desk, () => Consensus, prober.ProbeNow, clock, loggers.CreateLogger<VerdictDesk>(), SightsOfMembers);
        reporter = new(self, Leader, channels, verdicts, prober.ProbeNow, clock, loggers.CreateLogger<Reporter>());
        ILogger<OutboxCourier> courierLog = loggers.CreateLogger<OutboxCourier>();
        Outbox outbox = new(Store, desk, () => Consensus, clock, courierLog);
        OutboxCourier courier = new(outbox, senders, clock, courierLog);
        LeaderTerm term = new(() => Consensus, clock, verdicts.LeadAsync, courier.RunAsync);

        results = new ResultsDesk(history.Reader, clock);
        peersService = new(Liveness, Beat, desk, Leader, streams, life, verdicts, results, loggers.CreateLogger<PeersService>());
        enrollmentService = new(Store, Own, Proposer, new AddressBucket(burst: 20, perSecond: 0.5, clock), LeaderApplied, clock, loggers.CreateLogger<EnrollmentService>());
        SealKeyRotation sealKeyRotation = new(keyring, Store, Proposer.ProposeAsync, Logger);
        KeyRotation rotation = new(folder, Own, Store, Liveness, Directory, sealKeyRotation, Proposer.ProposeAsync, clock, Logger);
        Standings standings = new(self, Leader, channels, verdicts, clock);
        status = new(this, standings, clock);
        web = new(Store, standings, status, LeaderApplied, beats, Proposer.ProposeAsync, clock);
        HistoryView past = new(Store, Directory, history.Reader, results, new MemberResults(channels, clock).AskAsync, clock);
        controlService = new(Store, Proposer, status, past, Directory, Own, rotation, senders, new Rehearsal(senders, clock, loggers.CreateLogger<OutboxCourier>()), keyring, LeaderApplied, () => Consensus, clock);
        clusterFile = new(folder, Store, Proposer.ProposeAsync, clock, Logger);

        Store.Applied += (state, _, _) => Follow(state);
        Store.Replaced += Follow;
        heartbeats = new(Directory, channels, Liveness, Beat, clock);
        Add("heartbeats", heartbeats.RunAsync);
        // Found as this machine finds it, and not by the cluster's resolvers.
        ownProbes = new(static () => [], clock, secrets);
        Watch(secrets, loggers);
        Add("membership", self => FollowOrLeadAsync(learner, self));
        Add("chores", Chores.RunAsync);
        Add("reports", reporter.RunAsync);
        Add("results", ReadResultsAsync);
        Add("checks", FollowChecksAsync);
        Add("term", term.RunAsync);
        Add("history", history.RunAsync);
        Add("files", new TrustFileSync(folder, Directory, Logger).RunAsync);
        Add("cluster.yaml", clusterFile.RunAsync);
        Add("own entry", new OwnEntry(settings, Own, Store, sealKeys, Proposer.ProposeAsync, clock, Logger).RunAsync);
        Add("sealing", new SealingChores(self, keyring, Store, Leader, Proposer.ProposeAsync, clock, loggers.CreateLogger<SealingChores>()).RunAsync);
    }

    /// <summary>What the status page is made of.</summary>
    public WebSources Web => new(web, web, web, history.Reader, history.Latest, web, web);

    public ILogger Logger { get; }

    public OwnIdentity Own { get; }

    public StateStore Store { get; }

    public PeerDirectory Directory { get; }

    public ConnectionGate Gate { get; }

    public PeerConnections Connections { get; }

    public Liveness Liveness { get; }

    public LeaderChores Chores { get; }

    public Proposer Proposer { get; }

    public Func<NodeId?> Leader { get; }

    public Quorum.Consensus.Consensus? Consensus => life?.Consensus;

    public string? Obstacle => Role == Role.Probe ? null : life.Obstacle;

    /// <summary>The role that the cluster gave this node; before it has a state, the one its own file has.</summary>
    public Role Role => Store.State.Peers.TryGetValue(Own.NodeId.ToString(), out Peer? me) ? me.Role : settings.Role;

    public Task RestoreAsync(CancellationToken cancel) => life.RestoreAsync(cancel);

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(peersService);
        services.AddSingleton(enrollmentService);
        services.AddSingleton(controlService);
        services.AddGrpc(static o => o.MaxReceiveMessageSize = PeerProtocol.MaxStrangerMessage)
            .AddServiceOptions<PeersService>(static o => Widen(o))
            .AddServiceOptions<ControlService>(static o => Widen(o));
    }

    public static void MapServices(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<PeersService>();
        routes.MapGrpcService<EnrollmentService>();
        routes.MapGrpcService<ControlService>();
    }

    private static ResolveSecret SecretsOf(NodeSecrets secrets) => (place, secret, _) => ValueTask.FromResult<(byte[]? Value, string? Fault)>(
        secrets.TryRead(place, secret, out string text, out string fault) ? (Encoding.UTF8.GetBytes(text), null) : (null, fault));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await prober.DisposeAsync().ConfigureAwait(false);
        await life.DisposeAsync().ConfigureAwait(false);
        probes.Dispose();
        ownProbes.Dispose();
        senders.Dispose();
        results.Dispose();
        history.Dispose();
        reporter.Dispose();
        verdicts.Dispose();
        clusterFile.Dispose();
        streams.Dispose();
        channels.Dispose();
        sealKeys.Dispose();
        Connections.Dispose();
        stopping.Dispose();
    }

    private static void Widen(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = PeerProtocol.MaxMessage;
        options.MaxSendMessageSize = PeerProtocol.MaxMessage * 4;
    }
}
