using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>Somebody with a key who calls a node's port: a stranger, a joiner, or whoever got hold of a member's data folder.</summary>
internal sealed class PeerCaller : IDisposable
{
    private readonly GrpcChannel channel;

    /// <param name="identity">Whose key is shown; it must outlive this.</param>
    /// <param name="to">The node to call.</param>
    /// <param name="from">The address to come from: limits are counted by address.</param>
    public PeerCaller(NodeIdentity identity, TestNode to, string from)
    {
        channel = GrpcChannel.ForAddress($"https://{to.Advertise}", new GrpcChannelOptions
        {
            HttpHandler = HandlerOf(identity, from),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 64 * 1024 * 1024,
            MaxSendMessageSize = 64 * 1024 * 1024,
            HttpVersion = HttpVersion.Version20,
        });
    }

    public Enrollment.EnrollmentClient Enrollment => new(channel);

    public Peers.PeersClient Peers => new(channel);

    public CallInvoker Invoker => channel.CreateCallInvoker();

    /// <summary>TLS as a node does it, but from an address of choice and to whatever key answers.</summary>
    public static SocketsHttpHandler HandlerOf(NodeIdentity identity, string from) => new()
    {
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        SslOptions = PeerTls.ClientOptions(PeerTls.ContextOf(identity), SslApplicationProtocol.Http2, static leaf => leaf is not null),
        ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, from, cancel),
    };

    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, string from, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to.Host), to.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => channel.Dispose();
}
