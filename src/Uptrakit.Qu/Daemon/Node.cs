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
using Uptrakit.Quorum.Watch;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Qu.Daemon;

/// <summary>The rooms of one node, put together: the composition root of the daemon.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MostRest = TimeSpan.FromSeconds(1);
    private readonly List<(string Name, Func<CancellationToken, Task> Run)> loops = [];
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
    private readonly Heartbeats heartbeats;
    private readonly ProbeByType ownProbes;
    private readonly ClusterFileSync clusterFile;
    private long directoryFloor;

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

        NodeSecrets secrets = new(folder.Secrets, "QUPTIME_SECRET_", keyring);
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
        Outbox outbox = new(Store, desk, () => Consensus);
        OutboxCourier courier = new(outbox, senders, clock, loggers.CreateLogger<OutboxCourier>());
        LeaderTerm term = new(() => Consensus, clock, verdicts.LeadAsync, courier.RunAsync);

        ResultsDesk results = new(history.Reader, clock);
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

    /// <summary>Runs until stopped, or until a room fails: then the process ends, and the service manager starts it anew.</summary>
    /// <returns>Whether a room has failed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping.Token);
        Task<bool>[] running = [.. loops.Select(loop => GuardAsync(loop.Name, loop.Run, stop))];
        bool[] failed = await Task.WhenAll(running).ConfigureAwait(false);
        return failed.Any(static f => f);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await clusterFile.FlushAsync().ConfigureAwait(false);
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

    /// <summary>The index that the leader says it has applied, as far as is known here.</summary>
    private long LeaderApplied() => Leader() is { } leader && leader != Own.NodeId ? Liveness.Of(leader)?.Last.Applied ?? 0 : 0;

    private Heartbeat Beat()
    {
        Quorum.Consensus.Consensus? engine = Consensus;
        Heartbeat beat = new()
        {
            AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Applied = Store.Current.Index,
            Version = Store.State.Version,
            DurableCheckpoint = engine?.DurableCheckpoint ?? 0,
            Leader = engine?.Leader?.ToString() ?? "",
            Term = engine?.Term ?? 0,
            Voter = engine is not null,
            Software = VersionAction.Version,
        };
        beat.Heard.AddRange(Liveness.Live.Select(static id => id.ToString()));
        beat.Beats.AddRange(relay.Recent(Liveness.MaxBeats).Select(static one => new PushBeat { CheckId = one.CheckId, AgeMs = (long)one.Age.TotalMilliseconds }));
        return beat;
    }

    /// <summary>Who watches the watchers: each node by itself.</summary>
    private void Watch(NodeSecrets secrets, ILoggerFactory loggers)
    {
        LocalOutbox own = new(id => Store.State.Alerts.TryGet(id, out Alert? alert) ? alert : null);
        Add("quorum watch", new QuorumWatch(Own.NodeId, Store, SightOfQuorum, own, clock, loggers.CreateLogger<QuorumWatch>()).RunAsync);
        Add("own messages", new OutboxCourier(own, senders, clock, loggers.CreateLogger<OutboxCourier>()).RunAsync);
        if (settings.HeartbeatUrl.Length == 0)
            return;
        HeartbeatPing ping = new(
            settings.HeartbeatUrl, settings.HeartbeatInterval, ownProbes, secrets, () => web.Now() is { Quorum: true, Fresh: true } && Obstacle is null, clock,
            loggers.CreateLogger<HeartbeatPing>());
        Add("heartbeat URL", ping.RunAsync);
    }

    private QuorumSight SightOfQuorum() => new(
        status.HasQuorum(), heartbeats.IsRefused, $"It hears {Directory.Others.Count(Liveness.IsLive)} of {Directory.Others.Count()} other members.");

    private IEnumerable<MemberSight> SightsOfMembers()
    {
        yield return new MemberSight(Own.NodeId.ToString(), TimeSpan.Zero, TimeSpan.Zero);
        foreach (NodeId peer in Directory.Others)
        {
            Liveness.View? view = Liveness.Of(peer);
            yield return new MemberSight(peer.ToString(), view is null ? TimeSpan.MaxValue : clock.GetElapsedTime(view.Seen), view?.ClockOffset ?? TimeSpan.Zero);
        }
    }

    private void HearBeats(Heartbeat heard)
    {
        foreach (PushBeat one in heard.Beats)
            relay.Heard(one.CheckId, TimeSpan.FromMilliseconds(Math.Clamp(one.AgeMs, 0, 86_400_000)));
    }

    /// <summary>Members follow the newest state this node has seen: one that catches up from the beginning must not bring evicted keys back.</summary>
    private void Follow(AppliedState state)
    {
        if (state.Index < directoryFloor || state.Cluster.ClusterId.Length == 0)
            return;
        directoryFloor = state.Index;
        Directory.Replace(state.Cluster.Peers.Values);
    }

    private Found? Founding()
    {
        if (settings.ClusterId.Length == 0)
            return null;
        Peer peer = new()
        {
            NodeId = Own.NodeId.ToString(),
            Advertise = settings.Advertise,
            Role = Role.Voter,
            SealKey = sealKeys.Current.PublicKey,
            Keys = { Own.Key() },
        };
        // With keys from the first entry on, no secret is ever in clear in the log.
        Found found = new() { ClusterId = settings.ClusterId, Peer = peer };
        found.SealingKeys.AddRange(NewSealingKey.Audiences.Select(audience => NewSealingKey.For(settings.ClusterId, audience, [peer])));
        return found;
    }

    private AppliedState? LogStart(DataFolder folder)
    {
        long start = Consensus?.LogStart ?? 0;
        string path = new SnapshotFolder(Path.Combine(folder.Engine, "snapshots")).CurrentPath(start);
        return start > 0 && SnapshotFile.TryRead(path, out AppliedState? state) ? state : null;
    }

    private async Task FollowOrLeadAsync(Learner learner, CancellationToken cancel)
    {
        if (Role == Role.Probe)
            await learner.FollowUntilAsync(static _ => false, cancel).ConfigureAwait(false);
        else
            await life.RunAsync(cancel).ConfigureAwait(false);
    }

    private async Task ReadResultsAsync(CancellationToken cancel)
    {
        await foreach (ProbeResult result in prober.Results.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            history.Record(result);
            reporter.Submit(result);
        }
    }

    /// <summary>Every edit takes effect at once: the prober follows the committed checks.</summary>
    /// <remarks>
    /// The prober compares all of them. Of many changes to a large state, those that come while it rests count as one, so that
    /// comparing takes at most a tenth of the time. Not longer than a second: on a machine that is busy otherwise the measured time
    /// is hardly ours, and ten times as much is a minute in which no edit takes effect.
    /// </remarks>
    private async Task FollowChecksAsync(CancellationToken cancel)
    {
        Named<Check>? known = null;
        while (true)
        {
            AppliedState now = Store.Current;
            bool member = now.Cluster.Peers.ContainsKey(Own.NodeId.ToString());
            if (!ReferenceEquals(known, now.Cluster.Checks))
            {
                known = now.Cluster.Checks;
                long begin = clock.GetTimestamp();
                prober.Update(member ? known.Values : []);
                TimeSpan rest = clock.GetElapsedTime(begin) * 9;
                if (rest > LeastRest)
                    await Task.Delay(rest < MostRest ? rest : MostRest, clock, cancel).ConfigureAwait(false);
            }

            await Store.WaitForChangeAsync(now, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> GuardAsync(string name, Func<CancellationToken, Task> run, CancellationTokenSource stop)
    {
        try
        {
            await Task.Run(() => run(stop.Token), stop.Token).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (IOException fault)
        {
            // A broken machine, told in words; a stack trace would not mend it.
            Logger.MachineFailed(fault.Message);
            await stop.CancelAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception fault)
        {
            Logger.RoomFailed(name, fault);
            await stop.CancelAsync().ConfigureAwait(false);
            return true;
        }
    }

    private static void Widen(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = PeerProtocol.MaxMessage;
        options.MaxSendMessageSize = PeerProtocol.MaxMessage * 4;
    }

    private void Add(string name, Func<CancellationToken, Task> run) => loops.Add((name, run));
}
