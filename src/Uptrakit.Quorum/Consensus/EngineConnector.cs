using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Opens a TLS connection to exactly one member, or throws an <see cref="IOException"/> or <see cref="SocketException"/>.</summary>
internal interface IMemberDialer
{
    /// <param name="peer">The member whose pinned key must answer.</param>
    /// <param name="cancel">Ends the attempt.</param>
    ValueTask<(SslStream Stream, Socket Socket)> DialEngineAsync(NodeId peer, CancellationToken cancel);
}

/// <summary>The engine's outbound half: it asks for a member, the transport dials and verifies it.</summary>
internal sealed class EngineConnector(IMemberDialer dialer) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (!MemberAddress.TryRead(endpoint, out NodeId? peer))
            throw new IOException("not the address of a member");
        (SslStream stream, Socket socket) = await dialer.DialEngineAsync(peer!, cancellationToken).ConfigureAwait(false);
        return new OutboundConnection(stream, socket);
    }

    private sealed class OutboundConnection : ConnectionContext, IDuplexPipe
    {
        private const int BlockSize = 64 * 1024; // the engine takes its block size from Output.GetSpan().Length

        private readonly CancellationTokenSource closed = new();
        private readonly SslStream stream;
        private readonly Socket socket;
        private int disposed;

        public OutboundConnection(SslStream stream, Socket socket)
        {
            this.stream = stream;
            this.socket = socket;
            LocalEndPoint = socket.LocalEndPoint;
            RemoteEndPoint = socket.RemoteEndPoint;
            Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BlockSize, leaveOpen: true));
            Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BlockSize, leaveOpen: true));
            Transport = this;
            ConnectionClosed = closed.Token;
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }

        public override IDuplexPipe Transport { get; set; }

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override void Abort(ConnectionAbortedException abortReason)
        {
            // No close_notify: the engine waits for this synchronously, so it must not block.
            socket.Close(0);
            if (Volatile.Read(ref disposed) == 0)
                closed.Cancel();
        }

        public override async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                socket.Close(0);
                await closed.CancelAsync().ConfigureAwait(false);
                await stream.DisposeAsync().ConfigureAwait(false);
                closed.Dispose();
            }

            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
