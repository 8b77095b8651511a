using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>
/// Connections to one Controller for <see cref="HttpClient"/> and gRPC, each judged before a byte is sent on it.
/// </summary>
/// <remarks>
/// Connections that are open are not judged again: make a new handler and dispose the old one when the trust, the own
/// certificate or the revocation of either changes.
/// </remarks>
public sealed class VerifiedHandler : IDisposable
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);
    private const int HeaderKilobytes = 32;

    private readonly ControllerAddress address;
    private readonly ServerPolicy policy;
    private readonly ServerVerifier verifier;
    private volatile ServerVerdict? verdict;
    private volatile SeenServer? seen;
    private volatile SpkiFingerprint? serverKey;

    /// <summary>Makes the handler; it connects when it is used.</summary>
    /// <param name="address">The Controller. Requests to elsewhere are judged by this name too, and so refused.</param>
    /// <param name="policy">By what it is judged.</param>
    /// <param name="clock">The time now.</param>
    /// <param name="own">The own certificate, sent when the Controller asks; null sends none.</param>
    public VerifiedHandler(
        ControllerAddress address,
        ServerPolicy policy,
        TimeProvider clock,
        SslStreamCertificateContext? own = null
    )
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(policy);
        this.address = address;
        this.policy = policy;
        verifier = new ServerVerifier(clock);
        Http = new SocketsHttpHandler
        {
            // A redirect would carry what is sent here to a place that nobody chose, a proxy is one more party that sees it.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectDeadline,
            MaxResponseHeadersLength = HeaderKilobytes,
            ActivityHeadersPropagator = null,
            SslOptions = ServerTls.ClientOptions(
                address.Host,
                [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                Accepts,
                own
            ),
        };
    }

    /// <summary>
    /// The handler. Settings other than those of TLS may be changed before its first use; it is disposed with this.
    /// </summary>
    public SocketsHttpHandler Http { get; }

    /// <summary>The key of the server on the newest connection that was accepted; null before the first.</summary>
    /// <remarks>With HTTP/2 there is one connection at a time, so it is that of the calls that are made now.</remarks>
    public SpkiFingerprint? ServerKey => serverKey;

    /// <summary>
    /// The verdict on the newest connection; null before the first. Its certificates have ended with the connection.
    /// </summary>
    public ServerVerdict? Verdict => verdict;

    /// <summary>What the server of the newest connection showed, accepted or not.</summary>
    internal SeenServer? Seen => seen;

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    private bool Accepts(X509Certificate2? leaf, IReadOnlyList<X509Certificate2> presented)
    {
        ServerVerdict judged = policy.Judge(verifier, leaf, presented, address.Host);
        seen = SeenServer.Of(leaf, presented, judged);
        verdict = judged;
        if (judged.Accepted)
            serverKey = seen?.Key;
        return judged.Accepted;
    }
}
