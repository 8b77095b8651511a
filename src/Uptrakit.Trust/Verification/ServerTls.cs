using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Verification;

/// <summary>TLS towards a Controller: 1.3 only (RFC 8446), no resumption, nothing fetched, one judge.</summary>
public static class ServerTls
{
    /// <summary>What a server is called with.</summary>
    /// <param name="host">The name or address that was dialed; sent as SNI when it is a name.</param>
    /// <param name="protocols">The application protocols (ALPN, RFC 7301), the preferred one first.</param>
    /// <param name="accepts">
    /// Decides before a byte is sent to the server: gets the server's certificate (null when it has none) and what else it
    /// sent, without that. It must keep neither, they end with the connection. What the platform thinks of chain and name
    /// is ignored: it takes the subject for a name, SHA-1 for a signature and an authority for a server.
    /// </param>
    /// <param name="own">The own certificate, sent when the server asks; null sends none.</param>
    /// <returns>Fresh options; fit for <see cref="SslStream"/> and for <c>SocketsHttpHandler.SslOptions</c>.</returns>
    public static SslClientAuthenticationOptions ClientOptions(
        string host,
        SslApplicationProtocol[] protocols,
        Func<X509Certificate2?, IReadOnlyList<X509Certificate2>, bool> accepts,
        SslStreamCertificateContext? own = null
    )
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(protocols);
        ArgumentNullException.ThrowIfNull(accepts);
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = own,
            ApplicationProtocols = [.. protocols],
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, leaf, chain, _) => Ask(accepts, leaf as X509Certificate2, chain),
            // A resumed session would go on under a certificate that has been judged long ago.
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Offline(),
        };
    }

    private static bool Ask(
        Func<X509Certificate2?, IReadOnlyList<X509Certificate2>, bool> accepts,
        X509Certificate2? leaf,
        X509Chain? chain
    )
    {
        if (leaf is null)
            return accepts(null, []);

        X509Certificate2Collection sent = chain?.ChainPolicy.ExtraStore ?? [];
        return accepts(leaf, [.. sent.Where(c => !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))]);
    }

    // Without a policy of our own, .NET downloads the issuer from an address in the *peer's* certificate (AIA, RFC 5280,
    // section 4.2.2.1) before it asks the callback: any stranger could make a client call anywhere, and wait up to 15 s.
    private static X509ChainPolicy Offline() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
}
