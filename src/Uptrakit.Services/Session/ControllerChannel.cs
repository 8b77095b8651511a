using System.Net.Security;
using Grpc.Net.Client;
using Uptrakit.Contracts.Client;

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
    public string? Refusal => Handler.Verdict is { Accepted: false } refused ? refused.Message : null;

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

    public void Dispose()
    {
        Grpc.Dispose();
        http.Dispose();
        Handler.Dispose();
    }
}
