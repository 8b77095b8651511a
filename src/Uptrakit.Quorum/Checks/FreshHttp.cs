using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.Checks.Tls;

namespace Uptrakit.Quorum.Checks;

/// <summary>HTTP where each request has a connection of its own, to addresses that were judged before.</summary>
/// <remarks>
/// One handler for all: a handler for each request leaks its connections. No redirects, no proxy, no cookies, no
/// credentials, no resumed sessions: a request sees what a first-time visitor sees, and goes where it was sent.
/// </remarks>
internal sealed class FreshHttp : IDisposable
{
    private const int HeaderKilobytes = 64;

    private readonly AddressRace race;
    private readonly TargetTls tls;
    private readonly HttpMessageInvoker invoker;

    /// <param name="roots">Trusted instead of the system's roots, for tests.</param>
    internal FreshHttp(AddressRace race, X509Certificate2Collection? roots = null)
    {
        this.race = race;
        tls = new TargetTls(roots);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            // Zero makes the handler forget each connection, and each pool with it.
            PooledConnectionLifetime = TimeSpan.Zero,
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = HeaderKilobytes,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = ConnectAsync,
        });
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, FreshConnection connection, CancellationToken cancel)
    {
        request.Headers.ConnectionClose = true;
        request.Options.Set(FreshConnection.Key, connection);
        return invoker.SendAsync(request, cancel);
    }

    public void Dispose() => invoker.Dispose();

    // The handler's own token outlives the request; the connection's is the one with the deadline.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        HttpRequestMessage request = context.InitialRequestMessage;
        if (!request.Options.TryGetValue(FreshConnection.Key, out FreshConnection? connection))
            throw new InvalidOperationException("a request without a connection");

        Socket socket = await race.ConnectAsync(connection.Addresses, context.DnsEndPoint.Port, connection.Cancel);
        connection.Attach(socket);
        NetworkStream plain = new(socket, ownsSocket: true);
        return request.RequestUri!.Scheme == Uri.UriSchemeHttps
            ? await TargetTls.EncryptAsync(plain, Options(request.RequestUri.IdnHost), connection.Cancel)
            : plain;
    }

    private SslClientAuthenticationOptions Options(string host)
    {
        SslClientAuthenticationOptions options = tls.Options(host);
        options.ApplicationProtocols = [SslApplicationProtocol.Http11];
        return options;
    }
}
