using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Hosting;

namespace Uptrakit.Controller.Commands;

/// <summary>The Controller behind its unix socket. Every call has a deadline.</summary>
internal sealed class ControllerClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // 10,000 Services in one answer are about 10 MB; the usual limit is 4.
    private const int LargestAnswer = 64 << 20;

    private readonly GrpcChannel channel;

    private ControllerClient(string socket)
    {
        channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                // A proxy from the environment must not be asked about a socket of this machine.
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
                ConnectCallback = (_, cancel) => ControlSocket.ConnectAsync(socket, cancel),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestAnswer,
        });
    }

    /// <summary>Null when no socket can have such a path. Nothing is connected yet.</summary>
    public static ControllerClient? Open(string socket) => ControlSocket.CanBe(socket) ? new ControllerClient(socket) : null;

    public Control.Admin.AdminClient Admin => new(channel);

    public ChannelBase Channel => channel;

    public static CallOptions Within(CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancel);

    public void Dispose() => channel.Dispose();
}
