using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Tests.Trust.Pins;

/// <summary>A listener on loopback that makes one TLS handshake at a time and then sends one byte.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public Wire() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What the server saw, or its exception; the same for the client.</summary>
    public async Task<(Side Server, Side Client)> HandshakeAsync(
        SslServerAuthenticationOptions server, SslClientAuthenticationOptions client, CancellationToken cancel)
    {
        using CancellationTokenSource timed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timed.CancelAfter(Deadline);
        Task<Side> serving = ServeAsync(server, timed.Token);
        Side called = await CallAsync(client, timed.Token);
        return (await serving, called);
    }

    /// <summary>Answers one caller and tells how many application bytes it sent before it hung up.</summary>
    public async Task<Side> ServeAsync(SslServerAuthenticationOptions options, CancellationToken cancel)
    {
        using TcpClient accepted = await listener.AcceptTcpClientAsync(cancel);
        await using SslStream tls = new(accepted.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(options, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Side(e, null, default, 0, 0);
        }

        int read = 0;
        try
        {
            await tls.WriteAsync(new byte[1], cancel);
            read = await tls.ReadAsync(new byte[64], cancel);
        }
        catch (IOException)
        {
            // The client hung up: no byte of it.
        }

        return new Side(null, tls.RemoteCertificate?.GetRawCertData(), tls.NegotiatedApplicationProtocol, 0, read);
    }

    public void Dispose() => listener.Dispose();

    private async Task<Side> CallAsync(SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        using TcpClient connected = new();
        await connected.ConnectAsync(IPAddress.Loopback, Port, cancel);
        using CountingStream counted = new(connected.GetStream());
        await using SslStream tls = new(counted);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancel);
            int read = await tls.ReadAsync(new byte[1], cancel);
            if (read == 0)
                throw new IOException("the server hung up");
            byte[]? leaf = tls.RemoteCertificate?.GetRawCertData();
            return new Side(null, leaf, tls.NegotiatedApplicationProtocol, counted.Received, read);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Side(e, null, default, counted.Received, 0);
        }
    }

    internal sealed record Side(
        Exception? Failure, byte[]? PeerLeaf, SslApplicationProtocol Protocol, long RawBytesReceived, int AppBytesReceived)
    {
        public X509Certificate2? LoadPeerLeaf() => PeerLeaf is null ? null : X509CertificateLoader.LoadCertificate(PeerLeaf);
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Received { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken);
            Received += read;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
