using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Trust.Pins;

/// <summary>TLS between nodes: 1.3 only (RFC 8446), a certificate on both sides, no resumption, nothing fetched.</summary>
/// <remarks>
/// Every call gives a fresh object. A caller may add to it, but none of what is set here is there to be changed.
/// </remarks>
public static class PeerTls
{
    /// <summary>What a node answers a handshake with.</summary>
    /// <param name="certificate">The node's own certificate; see <see cref="ContextOf"/>.</param>
    /// <param name="protocols">The application protocols (ALPN, RFC 7301), the preferred one first.</param>
    /// <returns>
    /// Options that demand a client certificate and accept any: "trust is enforced one layer up" (quorum-security, TLS
    /// handshake, 4), by <see cref="PeerVerifier"/>. The handshake still proves that the client holds the key. A client
    /// without a certificate is refused.
    /// </returns>
    public static SslServerAuthenticationOptions ServerOptions(
        SslStreamCertificateContext certificate, IReadOnlyList<SslApplicationProtocol> protocols)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(protocols);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            ApplicationProtocols = [.. protocols],
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = static (_, leaf, _, _) => leaf is not null,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Offline(),
        };
    }

    /// <summary>What a node calls another one with.</summary>
    /// <param name="own">The own certificate, always sent whatever the server hints at; null sends none.</param>
    /// <param name="protocol">The one application protocol (ALPN, RFC 7301).</param>
    /// <param name="accepts">
    /// Decides on the server's certificate (null when it has none) before a byte is sent to it: usually
    /// <see cref="PeerVerifier.IdentifyAs"/>. It must not keep the certificate, which ends with the connection. What the
    /// platform thinks of chain and name is ignored: a pinned key needs neither.
    /// </param>
    /// <returns>The options.</returns>
    public static SslClientAuthenticationOptions ClientOptions(
        SslStreamCertificateContext? own, SslApplicationProtocol protocol, Func<X509Certificate2?, bool> accepts)
    {
        ArgumentNullException.ThrowIfNull(accepts);
        return new SslClientAuthenticationOptions
        {
            ClientCertificateContext = own,
            ApplicationProtocols = [protocol],
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, leaf, _, _) => accepts(leaf as X509Certificate2),
            // A resumed session would go on under a certificate that has been judged long ago.
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Offline(),
        };
    }

    /// <summary>The certificate of a node in the form that a handshake takes. Nothing is fetched to complete it.</summary>
    /// <param name="identity">The identity; it must outlive the context.</param>
    /// <returns>The context. Make one and use it for every handshake.</returns>
    public static SslStreamCertificateContext ContextOf(NodeIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true);
    }

    // Without a policy of our own, .NET downloads the issuer from an address in the *peer's* certificate (AIA, RFC 5280,
    // section 4.2.2.1) before it asks the callback: any stranger could make a node call anywhere, and wait up to 15 s.
    private static X509ChainPolicy Offline() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
    };
}
