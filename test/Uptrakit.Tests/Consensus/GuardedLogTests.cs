using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Consensus;

/// <summary>Guards 1 and 2 where they are: in the log, called as the engine calls it.</summary>
public sealed class GuardedLogTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("qu-log-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Append_OfAFollower_IsOnDiskWhenItIsAcknowledged()
    {
        await using GuardedLog log = await OpenAsync("follower");
        for (int index = 1; index <= 5; index++)
        {
            await AppendAsFollowerAsync(log, index, 1);
            // A loss of power now: nothing was committed, nothing closed.
            await using GuardedLog after = await OpenAsync(ImageOf("follower"));
            Assert.Equal(index, after.LastEntryIndex);
        }
    }

    [Fact]
    public async Task Flush_WaitedForByMany_IsTakenInTurn()
    {
        await using GuardedLog log = await OpenAsync("leader");
        await AppendAsFollowerAsync(log, 1, 1);
        IAuditTrail trail = log;
        // The engine lets one wait for its disk; a second one at the same moment ended the process.
        Task[] many = [.. Enumerable.Range(0, 8).Select(each => Task.Run(
            async () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    if (each == 0)
                        await AsTrail(log).AppendAsync(new BinaryLogEntry { Content = new Command { SetResolvers = new() }.ToByteArray(), Term = 1 }, Cancel);
                    else if (each == 1)
                        await trail.CommitAsync(log.LastEntryIndex, Cancel);
                    else
                        await log.FlushInTurnAsync(Cancel);
                }
            },
            Cancel))];
        await Task.WhenAll(many);
        Assert.Equal(51, log.LastEntryIndex);
    }

    [Fact]
    public async Task Append_OfASnapshot_IsRefused()
    {
        await using GuardedLog log = await OpenAsync("follower");
        await Assert.ThrowsAsync<NotSupportedException>(async () => await AsTrail(log).AppendAsync(new SnapshotEntry(), 5, Cancel));
        Assert.Equal(0, log.LastEntryIndex);
    }

    [Fact]
    public async Task Read_OfMoreThanOneMessage_CountsAsContactOnly()
    {
        await using GuardedLog log = await OpenAsync("leader");
        const int Entries = GuardedLog.MaxEntriesPerMessage + 1;
        await AppendAsFollowerAsync(log, 1, Entries);

        Voter part = new();
        Assert.Equal(HeartbeatResult.Replicated, (await ReadAsync(log, part, 1, Entries)).Value.Result);
        Assert.Equal(GuardedLog.MaxEntriesPerMessage, part.Taken);

        Voter rest = new();
        Assert.Equal(HeartbeatResult.ReplicatedWithLeaderTerm, (await ReadAsync(log, rest, 2, Entries)).Value.Result);
        Assert.Equal(GuardedLog.MaxEntriesPerMessage, rest.Taken);

        Voter nothing = new();
        Assert.Equal(HeartbeatResult.ReplicatedWithLeaderTerm, (await ReadAsync(log, nothing, Entries + 1, Entries)).Value.Result);
        Assert.Equal(0, nothing.Taken);
    }

    [Fact]
    public async Task Read_OfMoreThanOneMessage_DoesNotTurnARejectionIntoContact()
    {
        await using GuardedLog log = await OpenAsync("leader");
        await AppendAsFollowerAsync(log, 1, GuardedLog.MaxEntriesPerMessage + 1);
        Voter refusing = new() { Answer = HeartbeatResult.Rejected };
        Assert.Equal(HeartbeatResult.Rejected, (await ReadAsync(log, refusing, 1, GuardedLog.MaxEntriesPerMessage + 1)).Value.Result);
    }

    [Fact]
    public async Task Read_OfWhatTheLogNoLongerHolds_SendsNoSnapshot()
    {
        await using GuardedLog log = await OpenAsync("leader", snapshotAt: 4);
        await AppendAsFollowerAsync(log, 5, 3);

        Voter behind = new();
        await Assert.ThrowsAsync<VoterTooFarBehindException>(() => ReadAsync(log, behind, 4, 7));
        await Assert.ThrowsAsync<VoterTooFarBehindException>(() => ReadAsync(log, behind, 1, 7));
        Assert.False(behind.WasCalled);

        Voter current = new();
        Assert.Equal(HeartbeatResult.ReplicatedWithLeaderTerm, (await ReadAsync(log, current, 5, 7)).Value.Result);
        Assert.Equal(3, current.Taken);
        Assert.Null(current.SnapshotIndex);
    }

    private static IAuditTrail<IRaftLogEntry> AsTrail(IAuditTrail<IRaftLogEntry> log) => log;

    private static async Task<Result<ReplicationStatus>> ReadAsync(GuardedLog log, Voter voter, long start, long end) =>
        await AsTrail(log).ReadAsync(voter, start, end, Cancel);

    private static async Task AppendAsFollowerAsync(GuardedLog log, long start, int count) =>
        await AsTrail(log).AppendAsync(new Batch(count), start, skipCommitted: true, Cancel);

    private async Task<GuardedLog> OpenAsync(string name, long snapshotAt = 0)
    {
        SnapshotFolder snapshots = new(Path.Combine(root, name, "snapshots"));
        if (snapshotAt > 0)
            snapshots.WriteSeed(new AppliedState(snapshotAt, 1, ClusterState.Empty));
        GuardedLog log = new(
            new WriteAheadLog.Options
            {
                Location = Path.Combine(root, name, "log"),
                ChunkSize = 64 * 1024,
                HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
            },
            new LogStateMachine(new StateStore(), snapshots, NullLogger.Instance));
        await log.InitializeAsync(Cancel);
        return log;
    }

    private string ImageOf(string name)
    {
        string image = $"image-{Guid.NewGuid():N}";
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, name), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(root, image, Path.GetRelativePath(Path.Combine(root, name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return image;
    }

    private static BinaryLogEntry Entry() => new() { Content = new Command { Checkpoint = new Checkpoint() }.ToByteArray(), Term = 1 };

    /// <summary>The message of a leader.</summary>
    private sealed class Batch(int count) : ILogEntryProducer<BinaryLogEntry>
    {
        private int left = count;

        public long RemainingCount => left;

        public BinaryLogEntry Current => Entry();

        public ValueTask<bool> MoveNextAsync() => new(left-- > 0);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>What the engine does with what it reads for a voter.</summary>
    private sealed class Voter : ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>>
    {
        public HeartbeatResult Answer { get; init; } = HeartbeatResult.ReplicatedWithLeaderTerm;

        public bool WasCalled { get; private set; }

        public int Taken { get; private set; }

        public long? SnapshotIndex { get; private set; }

        public ValueTask<Result<ReplicationStatus>> ReadAsync<TEntry, TList>(TList entries, long? snapshotIndex, CancellationToken token)
            where TEntry : IRaftLogEntry
            where TList : IReadOnlyList<TEntry>
        {
            WasCalled = true;
            Taken = entries.Count;
            SnapshotIndex = snapshotIndex;
            return new(new Result<ReplicationStatus> { Term = 1, Value = new ReplicationStatus { Result = Answer, LastIndex = 0 } });
        }
    }

    private sealed class SnapshotEntry : IRaftLogEntry
    {
        public long Term => 1;

        public bool IsSnapshot => true;

        public bool IsReusable => true;

        public long? Length => 0;

        public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
            where TWriter : DotNext.IO.IAsyncBinaryWriter => ValueTask.CompletedTask;
    }
}
