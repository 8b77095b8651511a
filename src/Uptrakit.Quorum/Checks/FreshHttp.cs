using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

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
    private readonly X509Certificate2Collection? roots;
    private readonly HttpMessageInvoker invoker;

    /// <param name="roots">Trusted instead of the system's roots, for tests.</param>
    internal FreshHttp(AddressRace race, X509Certificate2Collection? roots = null)
    {
        this.race = race;
        this.roots = roots;
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
            ? await EncryptAsync(plain, request.RequestUri.IdnHost, connection.Cancel)
            : plain;
    }

    private async Task<SslStream> EncryptAsync(NetworkStream plain, string host, CancellationToken cancel)
    {
        SslStream secure = new(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(Options(host), cancel);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Options(string host)
    {
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            // Otherwise the platform fetches a URL that the peer's certificate names, and blocks on it for up to 15 s.
            DisableCertificateDownloads = true,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.None,
            AllowTlsResume = false,
            CertificateChainPolicy = policy,
        };
    }
}
