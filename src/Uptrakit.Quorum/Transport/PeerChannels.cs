using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Net.Client;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Transport;

/// <summary>Outgoing connections: one multiplexed gRPC channel for each member, and the engine's own.</summary>
internal sealed class PeerChannels : IMemberDialer, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<NodeId, Entry> channels = new();
    private readonly PeerDirectory directory;
    private readonly PeerVerifier verifier;
    private readonly OwnIdentity own;

    public PeerChannels(PeerDirectory directory, PeerVerifier verifier, OwnIdentity own)
    {
        this.directory = directory;
        this.verifier = verifier;
        this.own = own;
        directory.Changed += DropStale;
        own.Changed += DropAll;
    }

    /// <summary>Null: not a member.</summary>
    public Peers.PeersClient? For(NodeId peer)
    {
        if (peer == directory.Self || !directory.TryGet(peer, out State.Peer? known))
            return null;
        string pins = PinsText(peer);
        Entry entry = channels.AddOrUpdate(
            peer,
            id => Open(id, known.Advertise, pins),
            (id, old) => old.Advertise == known.Advertise && old.Pins == pins ? old : Open(id, known.Advertise, pins));
        return entry.Client;
    }

    public async ValueTask<(SslStream Stream, Socket Socket)> DialEngineAsync(NodeId peer, CancellationToken cancel)
    {
        if (!directory.TryGet(peer, out State.Peer? known) || !HostPort.TryParse(known.Advertise, out string host, out int port))
            throw new IOException($"{peer} is not a member");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            stream = new(new NetworkStream(socket, ownsSocket: true));
            SslClientAuthenticationOptions tls = PeerTls.ClientOptions(
                own.Context, PeerProtocol.Engine, leaf => verifier.IdentifyAs(leaf, peer).Accepted);
            await stream.AuthenticateAsClientAsync(tls, cancel).ConfigureAwait(false);
            return (stream, socket);
        }
        catch (Exception fault)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            if (fault is System.Security.Authentication.AuthenticationException)
                throw new IOException($"{peer} did not prove its key", fault);
            throw;
        }
    }

    public void Dispose()
    {
        directory.Changed -= DropStale;
        own.Changed -= DropAll;
        DropAll();
    }

    private Entry Open(NodeId peer, string advertise, string pins)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(4),
            SslOptions = PeerTls.ClientOptions(own.Context, SslApplicationProtocol.Http2, leaf => verifier.IdentifyAs(leaf, peer).Accepted),
        };
        GrpcChannel channel = GrpcChannel.ForAddress($"https://{advertise}", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = PeerProtocol.MaxMessage,
            MaxSendMessageSize = PeerProtocol.MaxMessage,
            HttpVersion = HttpVersion.Version20,
        });
        return new(channel, new Peers.PeersClient(channel), advertise, pins);
    }

    private string PinsText(NodeId peer) => string.Join(' ', directory.Pins.PinsOf(peer));

    /// <summary>An evicted member, another address or another key: what is open to the former ends.</summary>
    private void DropStale()
    {
        foreach ((NodeId peer, Entry entry) in channels)
        {
            bool current = directory.TryGet(peer, out State.Peer? known) && known.Advertise == entry.Advertise && PinsText(peer) == entry.Pins;
            if (!current && channels.TryRemove(KeyValuePair.Create(peer, entry)))
                entry.Channel.Dispose();
        }
    }

    private void DropAll()
    {
        foreach ((NodeId peer, Entry entry) in channels)
        {
            if (channels.TryRemove(KeyValuePair.Create(peer, entry)))
                entry.Channel.Dispose();
        }
    }

    private sealed record Entry(GrpcChannel Channel, Peers.PeersClient Client, string Advertise, string Pins);
}
