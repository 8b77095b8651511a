using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using DotNext.Net.Cluster;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Hands connections that Kestrel accepted, and the transport identified, to the engine.</summary>
internal sealed class EngineLink(ILogger logger) : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> accepted = Channel.CreateBounded<ConnectionContext>(64);

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Runs until the engine is done with the connection.</summary>
    /// <param name="connection">A TLS connection of a voter.</param>
    /// <param name="peer">The voter whose pinned key it is; messages in another's name end the connection.</param>
    public async Task ServeAsync(ConnectionContext connection, NodeId peer)
    {
        HandedOverConnection handed = new(connection, new SenderGuard(connection, peer, logger));
        if (!accepted.Writer.TryWrite(handed))
        {
            connection.Abort(new ConnectionAbortedException("the consensus engine takes no more connections"));
            return;
        }

        await handed.Completion.ConfigureAwait(false);
    }

    ValueTask<IConnectionListener> IConnectionListenerFactory.BindAsync(EndPoint endpoint, CancellationToken token)
    {
        EndPoint = endpoint;
        return new(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken token = default)
    {
        while (await accepted.Reader.WaitToReadAsync(token).ConfigureAwait(false))
        {
            if (accepted.Reader.TryRead(out ConnectionContext? connection))
                return connection;
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken token = default)
    {
        accepted.Writer.TryComplete();
        while (accepted.Reader.TryRead(out ConnectionContext? waiting))
            await waiting.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private sealed class HandedOverConnection(ConnectionContext inner, IDuplexPipe transport) : ConnectionContext
    {
        private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Completion => completion.Task;

        public override string ConnectionId { get => inner.ConnectionId; set => inner.ConnectionId = value; }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items { get => inner.Items; set => inner.Items = value; }

        public override IDuplexPipe Transport { get; set; } = transport;

        public override EndPoint? RemoteEndPoint { get => inner.RemoteEndPoint; set => inner.RemoteEndPoint = value; }

        public override EndPoint? LocalEndPoint { get => inner.LocalEndPoint; set => inner.LocalEndPoint = value; }

        public override CancellationToken ConnectionClosed { get => inner.ConnectionClosed; set => inner.ConnectionClosed = value; }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            completion.TrySetResult();
            return base.DisposeAsync();
        }
    }
}

/// <summary>
/// Guard 6: the sender that a message of the engine claims to be must be the voter whose key the connection has. The engine
/// does not tie the two: any voter could vote, or lead, in another's name.
/// </summary>
/// <remarks>
/// The engine's protocol is strictly request and answer: the first bytes of a connection, and the first bytes after each answer,
/// are a message type and, for the three messages that a voter may send, its sender's id. Everything else is refused.
/// </remarks>
internal sealed class SenderGuard : IDuplexPipe
{
    private const byte Vote = 1;
    private const byte AppendEntries = 4;
    private const byte PreVote = 7;

    private readonly ConnectionContext connection;
    private readonly NodeId peer;
    private readonly ClusterMemberId expected;
    private readonly ILogger logger;
    private volatile bool atMessageStart = true;

    public SenderGuard(ConnectionContext connection, NodeId peer, ILogger logger)
    {
        this.connection = connection;
        this.peer = peer;
        this.logger = logger;
        expected = ClusterMemberId.FromEndPoint(MemberAddress.Of(peer));
        Input = new Reader(this, connection.Transport.Input);
        Output = new Writer(this, connection.Transport.Output);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Null: more bytes are needed to tell.</summary>
    private bool? IsFromPeer(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        if (bytes.FirstSpan[0] is not Vote and not AppendEntries and not PreVote)
            return false;
        // All of the header at once: the engine waits for as many bytes again when it is given a part of it.
        if (bytes.Length < HeaderOf(bytes.FirstSpan[0]))
            return null;
        Span<byte> sender = stackalloc byte[ClusterMemberId.Size];
        bytes.Slice(1, ClusterMemberId.Size).CopyTo(sender);
        return new ClusterMemberId(sender).Equals(expected);
    }

    /// <summary>Type and fixed part of a message: sender, term, place in the log, and what the kind adds.</summary>
    private static int HeaderOf(byte type) => type is AppendEntries
        ? 1 + ClusterMemberId.Size + (4 * sizeof(long)) + (2 * sizeof(int))
        : 1 + ClusterMemberId.Size + (3 * sizeof(long)) + sizeof(int);

    private sealed class Reader(SenderGuard guard, PipeReader inner) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                ReadResult result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (!guard.atMessageStart || result.IsCanceled)
                    return result;
                switch (guard.IsFromPeer(result.Buffer))
                {
                    case true:
                        guard.atMessageStart = false;
                        return result;
                    case null when !result.IsCompleted:
                        inner.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                        continue;
                    case null:
                        return result;
                    default:
                        guard.logger.SenderMismatch(guard.peer);
                        ConnectionAbortedException refused = new("a message in another voter's name");
                        guard.connection.Abort(refused);
                        throw refused;
                }
            }
        }

        /// <summary>Only the awaiting path checks; the engine falls back to it.</summary>
        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return !guard.atMessageStart && inner.TryRead(out result);
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class Writer(SenderGuard guard, PipeWriter inner) : PipeWriter
    {
        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            guard.atMessageStart = true;
            return inner.FlushAsync(cancellationToken);
        }

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            guard.atMessageStart = true;
            return inner.WriteAsync(source, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
