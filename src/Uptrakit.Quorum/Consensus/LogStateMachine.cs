using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Applies committed entries to the state, and keeps its snapshots.</summary>
internal sealed class LogStateMachine : IStateMachine
{
    private readonly StateStore store;
    private readonly SnapshotFolder snapshots;
    private readonly ILogger logger;
    private Task writing = Task.CompletedTask;
    private volatile LocalSnapshot? snapshot;

    public LogStateMachine(StateStore store, SnapshotFolder snapshots, ILogger logger)
    {
        this.store = store;
        this.snapshots = snapshots;
        this.logger = logger;
        if (snapshots.Load() is { } state)
        {
            snapshot = new(state.Index, state.Term);
            store.Replace(state);
        }
    }

    public ISnapshot? Snapshot => snapshot;

    public long DurableCheckpoint => snapshots.Durable;

    public ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        if (entry.IsSnapshot)
            throw new NotSupportedException("a voter is never caught up by a snapshot");
        if (entry.IsConfiguration || !entry.TryGetPayload(out var payload) || payload.IsEmpty)
        {
            store.Skip(entry.Index, entry.Term);
            return new(entry.Index);
        }

        if (!TryParse(payload, out Command? command))
        {
            // A leader that was taken over can write anything; it must not stop the others, nor their next start.
            logger.EntryUnreadable(entry.Index);
            store.Skip(entry.Index, entry.Term);
            return new(entry.Index);
        }

        store.Apply(entry.Index, entry.Term, command);
        if (command.ChangeCase == Command.ChangeOneofCase.Checkpoint)
            Write(store.Current);
        else if (command.ChangeCase == Command.ChangeOneofCase.Compact)
            return CompactAsync(entry.Index, command.Compact.Index, token);
        return new(entry.Index);
    }

    public ValueTask ReclaimGarbageAsync(long watermark, CancellationToken token) => ValueTask.CompletedTask;

    private static bool TryParse(ReadOnlySequence<byte> payload, [NotNullWhen(true)] out Command? command)
    {
        try
        {
            command = Command.Parser.ParseFrom(payload);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            command = null;
            return false;
        }
    }

    /// <summary>Waits for a checkpoint that is being written.</summary>
    public Task FinishAsync() => writing;

    private async ValueTask<long> CompactAsync(long index, long target, CancellationToken token)
    {
        await writing.WaitAsync(token).ConfigureAwait(false);
        if (target > (snapshot?.Index ?? 0) && snapshots.TryPromote(target)
            && SnapshotFile.TryRead(snapshots.CurrentPath(target), out AppliedState? state))
            snapshot = new(state.Index, state.Term);
        return index;
    }

    /// <summary>The state is immutable: it is written behind the back of the next commands, one checkpoint after the other.</summary>
    private void Write(AppliedState state) => writing = writing.ContinueWith(
        _ =>
        {
            try
            {
                snapshots.WriteCheckpoint(state);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Not reported as durable, so nobody forgets the log; the next checkpoint tries again.
                logger.CheckpointFailed(state.Index, fault.Message);
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.None,
        TaskScheduler.Default);

    /// <summary>Where the log begins. It has no content: nothing is ever sent from it.</summary>
    private sealed class LocalSnapshot(long index, long term) : ISnapshot
    {
        public long Index => index;

        public long Term => term;

        public bool IsReusable => true;

        public long? Length => 0;

        public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
            where TWriter : IAsyncBinaryWriter =>
            throw new NotSupportedException("a voter is never caught up by a snapshot");
    }
}
