using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Uptrakit.Quorum.Consensus;

/// <summary>The engine's log with what version 6.12 lacks for safety; docs/adr/0002-consensus-engine.md has the evidence.</summary>
/// <remarks>The engine always calls through the interface that is implemented anew here.</remarks>
internal sealed class GuardedLog(WriteAheadLog.Options options, IStateMachine stateMachine)
    : WriteAheadLog(options, stateMachine), IAuditTrail<IRaftLogEntry>, IAuditTrail
{
    /// <summary>Entries in one message to a voter: it must arrive, and be on its disk, within the request time-out.</summary>
    public const int MaxEntriesPerMessage = 512;

    private readonly IStateMachine stateMachine = stateMachine;

    /// <summary>
    /// The engine's event "a flush has ended" can be awaited by one only, and a second one ends the process: everybody who
    /// waits for the disk stands in line here.
    /// </summary>
    private readonly SemaphoreSlim disk = new(1, 1);

    /// <summary>
    /// Guard 1: a follower acknowledges entries when its disk has them. The engine acknowledges when memory has them, and
    /// lost acknowledged changes when all nodes were killed.
    /// </summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        bool isHeartbeat = entries.RemainingCount == 0;
        await AppendAsync(entries, startIndex, skipCommitted, token).ConfigureAwait(false);
        if (!isHeartbeat)
            await FlushInTurnAsync(token).ConfigureAwait(false);
    }

    /// <summary>The engine flushes what it commits: on a leader that is what makes its own copy count.</summary>
    async ValueTask<long> IAuditTrail.CommitAsync(long endIndex, CancellationToken token)
    {
        await disk.WaitAsync(token).ConfigureAwait(false);
        try
        {
            return await CommitAsync(endIndex, token).ConfigureAwait(false);
        }
        finally
        {
            disk.Release();
        }
    }

    /// <summary>Ends when all that was appended before is on the disk.</summary>
    public async Task FlushInTurnAsync(CancellationToken token)
    {
        await disk.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await FlushAsync(token).ConfigureAwait(false);
        }
        finally
        {
            disk.Release();
        }
    }

    /// <summary>
    /// Guard 2, receiving half: a snapshot is never taken from another voter through the engine.
    /// </summary>
    ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, long startIndex, CancellationToken token) =>
        entry.IsSnapshot
            ? throw new NotSupportedException("a voter is never caught up by a snapshot")
            : AppendAsync(entry, startIndex, token);

    /// <summary>
    /// Guard 2, sending half: with four or more voters the engine counts a voter that took an older snapshot as if it held
    /// everything, and commits on too few. So no snapshot is sent, and a message that carries only a part of what is missing
    /// counts as contact, not as a vote for the whole.
    /// </summary>
    async ValueTask<TResult> IAuditTrail<IRaftLogEntry>.ReadAsync<TResult>(
        ILogEntryConsumer<IRaftLogEntry, TResult> reader, long startIndex, long endIndex, CancellationToken token)
    {
        if (reader.LogEntryMetadataOnly)
            return await ReadAsync(reader, startIndex, endIndex, token).ConfigureAwait(false);
        if (stateMachine.Snapshot is { } snapshot && startIndex <= endIndex && startIndex <= snapshot.Index)
            throw new VoterTooFarBehindException(startIndex, snapshot.Index);

        long last = Math.Min(endIndex, startIndex + MaxEntriesPerMessage - 1);
        TResult result = await ReadAsync(reader, startIndex, last, token).ConfigureAwait(false);
        return last < endIndex && result is Result<ReplicationStatus> { Value.Result: HeartbeatResult.ReplicatedWithLeaderTerm } part
            ? (TResult)(object)(part with { Value = part.Value with { Result = HeartbeatResult.Replicated } })
            : result;
    }
}

/// <summary>A voter needs entries that the log no longer holds: it must be removed and join again.</summary>
internal sealed class VoterTooFarBehindException(long wanted, long first)
    : InvalidOperationException($"a voter needs log entry {wanted}; the log begins after {first}");
