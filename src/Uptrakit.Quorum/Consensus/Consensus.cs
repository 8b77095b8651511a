using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>One node's part in the agreement on a log of commands. Nothing outside this folder names the engine.</summary>
internal sealed partial class Consensus : IAsyncDisposable
{
    private readonly ConsensusOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider clock;
    private readonly VoterStorage voters;
    private readonly LogStateMachine machine;
    private readonly GuardedLog log;
    private readonly RaftCluster cluster;
    private readonly GroupCommit commits;
    private readonly SemaphoreSlim changingVoters = new(1, 1);
    private volatile bool started;

    public Consensus(ConsensusOptions options, StateStore store, EngineLink link, IMemberDialer dialer, ILoggerFactory loggers, TimeProvider clock)
    {
        this.options = options;
        this.clock = clock;
        logger = loggers.CreateLogger<Consensus>();
        PrivateFolder.Create(options.Folder, PrivateFolder.OwnerOnly);
        voters = new(Path.Combine(options.Folder, "voters"));
        machine = new(store, new SnapshotFolder(Path.Combine(options.Folder, "snapshots")), logger);
        commits = new(ReplicateAsync, store, clock);
        // Guard 3 is SnapshotFile; the entries carry a checksum as well, verified at start.
        log = new(
            new WriteAheadLog.Options
            {
                Location = Path.Combine(options.Folder, "log"),
                ChunkSize = 1024 * 1024,
                HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
                // Written with write(2): only what was added goes to disk, and a full disk is an error that can be told, not a SIGBUS
                // in a mapped page.
                MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
            },
            machine);
        cluster = new(new RaftCluster.CustomTransportConfiguration(MemberAddress.Of(options.Self), link, new EngineConnector(dialer))
        {
            ConfigurationStorage = voters,
            ColdStart = false,
            LowerElectionTimeout = (int)options.ElectionMinimum.TotalMilliseconds,
            UpperElectionTimeout = (int)options.ElectionMaximum.TotalMilliseconds,
            HeartbeatThreshold = 0.5,
            RequestTimeout = options.RequestTimeout,
            ConnectTimeout = options.ElectionMinimum,
            AggressiveLeaderStickiness = true,
            IsLeaderLeaseEnabled = true,
            // A joiner is sent this many messages of at most GuardedLog.MaxEntriesPerMessage before it is given up. The log behind
            // it is as long as a missing voter has held it; the engine's ten would only reach 5,000 entries.
            WarmupRounds = 200,
            LoggerFactory = new CalmLoggerFactory(loggers, clock),
        })
        {
            AuditTrail = log,
        };
        cluster.LeaderChanged += (_, leader) =>
        {
            logger.LeaderChanged(leader is not null && MemberAddress.TryRead(leader.EndPoint, out NodeId? id) ? id!.ToString() : "unknown", log.As().Term);
            LeadershipChanged?.Invoke();
        };
    }

    public event Action? LeadershipChanged;

    /// <summary>Whether this node leads and has applied everything that was committed before it did.</summary>
    public bool Leads => started && !Alive(static c => c.LeadershipToken, cluster).IsCancellationRequested;

    /// <summary>Whether a majority of the voters was in contact lately, as seen from here.</summary>
    public bool HasQuorum => Leader is not null;

    public NodeId? Leader =>
        started && !Alive(static c => c.ConsensusToken, cluster).IsCancellationRequested
        && MemberAddress.TryRead(cluster.Leader?.EndPoint, out NodeId? leader)
            ? leader
            : null;

    public long Term => log.As().Term;

    public long CommitIndex => log.LastCommittedEntryIndex;

    public long AppliedIndex => log.LastAppliedIndex;

    /// <summary>Index of the newest state on this disk.</summary>
    public long DurableCheckpoint => machine.DurableCheckpoint;

    /// <summary>Where the log begins: entries up to here are forgotten.</summary>
    public long LogStart => machine.Snapshot?.Index ?? 0;

    public int CheckpointEvery => options.CheckpointEvery;

    public IReadOnlyList<NodeId> Voters => cluster.Members
        .Select(static m => MemberAddress.TryRead(m.EndPoint, out NodeId? id) ? id : null)
        .OfType<NodeId>()
        .Order()
        .ToArray();

    public async Task StartAsync(CancellationToken cancel)
    {
        if (options.Founder)
            await voters.FoundAsync(options.Self, cancel).ConfigureAwait(false);
        await cluster.StartAsync(cancel).ConfigureAwait(false);
        started = true;
        commits.Start();
    }

    /// <summary>Why the engine can do no more (its disk is full or broken), or null. It does not recover without a restart.</summary>
    public async Task<string?> FaultAsync(CancellationToken cancel)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(options.RequestTimeout);
        try
        {
            await log.FlushInTurnAsync(deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (WriteAheadLog.InternalException broken)
        {
            logger.EngineFailed(broken.Message);
            return broken.Message;
        }
        catch (OperationCanceledException)
        {
            return null; // slow is not broken
        }
    }

    /// <summary>Commits a command and answers with its outcome.</summary>
    /// <returns>Null: this node does not lead, or leadership was lost meanwhile; the same command may be proposed again.</returns>
    public Task<Outcome?> CommitAsync(Command command, CancellationToken cancel) =>
        Leads ? commits.AddAsync(command, cancel) : Task.FromResult<Outcome?>(null);

    /// <summary>Guard 4: asks a majority whether this node still leads, and waits until all that was committed is applied.</summary>
    public async Task<bool> ConfirmLeadershipAsync(CancellationToken cancel)
    {
        if (!Leads)
            return false;
        try
        {
            await cluster.ApplyReadBarrierAsync(ReadBarrierType.Strong, cancel).ConfigureAwait(false);
            return Leads;
        }
        catch (Exception lost) when (lost is InvalidOperationException or IOException or WriteAheadLog.InternalException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (started)
        {
            started = false;
            await commits.DisposeAsync().ConfigureAwait(false);
            using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(5));
            try
            {
                await cluster.StopAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Stopping is courtesy: what is acknowledged is on disk.
            }
        }

        await cluster.DisposeAsync().ConfigureAwait(false);
        await log.DisposeAsync().ConfigureAwait(false);
        await machine.FinishAsync().ConfigureAwait(false);
        voters.Dispose();
        changingVoters.Dispose();
    }

    /// <summary>Replicates one entry. False: it is unknown whether it was committed.</summary>
    private async Task<bool> ReplicateAsync(Command entry, CancellationToken cancel)
    {
        if (!Leads)
            return false;
        try
        {
            await cluster.ReplicateAsync(entry.ToByteArray(), token: cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception lost) when (lost is InvalidOperationException or IOException or WriteAheadLog.InternalException or OperationCanceledException)
        {
            return false; // it may still be committed, and the ids keep its commands from counting twice
        }
    }

    /// <summary>A cluster whose log failed throws instead of answering: then there is nothing it leads or agrees with.</summary>
    private static CancellationToken Alive(Func<RaftCluster, CancellationToken> token, RaftCluster of)
    {
        try
        {
            return token(of);
        }
        catch (Exception dead) when (dead is System.Diagnostics.UnreachableException or ObjectDisposedException)
        {
            return new CancellationToken(canceled: true);
        }
    }
}

file static class Views
{
    /// <summary>The term is an explicit member of the log's interface.</summary>
    public static IPersistentState As(this GuardedLog log) => log;
}
