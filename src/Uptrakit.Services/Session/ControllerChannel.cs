using System.Net.Security;
using System.Security.Authentication;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Session;

/// <summary>A gRPC channel to the Controller over connections that are judged by one policy. Dispose it to end them.</summary>
internal sealed class ControllerChannel : IDisposable
{
    private const int MaximumMessage = 1 << 20;

    // A Controller that is gone without a word (power, firewall) is noticed within a minute.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpClient http;

    public ControllerChannel(ControllerAddress address, ServerPolicy policy, TimeProvider clock, SslStreamCertificateContext? own = null)
    {
        Handler = new VerifiedHandler(address, policy, clock, own);
        Handler.Http.KeepAlivePingDelay = PingDelay;
        Handler.Http.KeepAlivePingTimeout = PingTimeout;
        Handler.Http.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        Handler.Http.MaxConnectionsPerServer = 1;
        http = new HttpClient(Handler.Http, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        Grpc = GrpcChannel.ForAddress(address.Base, new GrpcChannelOptions
        {
            HttpClient = http,
            MaxReceiveMessageSize = MaximumMessage,
            MaxSendMessageSize = MaximumMessage,
        });
    }

    public VerifiedHandler Handler { get; }

    public GrpcChannel Grpc { get; }

    /// <summary>Why the newest connection was refused; null when it was not.</summary>
    /// <param name="fault">
    /// What it failed with: a handshake that does not come as far as a certificate, as with a server that speaks TLS 1.2 only,
    /// is a refusal as well.
    /// </param>
    public string? RefusalBy(Exception fault) => Handler.Verdict is { Accepted: false } refused ? refused.Message
        : IsHandshake(fault) ? ServerVerdict.Refuse(ServerRefusal.NoTls13).Message
        : null;

    /// <summary>
    /// Opens the connection with a question that holds nothing. Afterwards the server's key is known, and calls over this
    /// channel take the same connection.
    /// </summary>
    /// <exception cref="HttpRequestException">Refused or unreachable.</exception>
    public async Task OpenAsync(Uri address, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, "/healthz"))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    // A handshake that the network breaks off is an IOException.
    private static bool IsHandshake(Exception fault)
    {
        for (Exception? inner = fault is RpcException call ? call.Status.DebugException : fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
                return true;
        }

        return false;
    }

    public void Dispose()
    {
        Grpc.Dispose();
        http.Dispose();
        Handler.Dispose();
    }
}
