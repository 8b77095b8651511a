using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Authority;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Uptrakit.Controller.Host;

/// <summary>How TLS is spoken on the HTTPS port.</summary>
internal sealed class HttpsListener(OnceOpened opened, ConnectionGate gate)
{
    /// <summary>As long as a Service waits for it: giving up earlier, when all come back at once, would only make it come again.</summary>
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    /// <summary>1.3 whole; of 1.2 only ephemeral keys with AEAD.</summary>
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    [UnsupportedOSPlatform("windows")]
    private static readonly CipherSuitesPolicy Policy = new(Suites);

    public void Configure(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http1AndHttp2;
        endpoint.Use(gate.Middleware);
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeTime,
            OnConnection = connection =>
            {
                ServerCredential shown = opened.Certificate.Current;
                connection.Connection.Features.Set(new ShownKey(shown.Key));
                return new(Options(shown));
            },
        });
        endpoint.Use(TlsBuffers.Middleware);
    }

    internal static SslServerAuthenticationOptions Options(ServerCredential shown) => new()
    {
        ServerCertificateContext = shown.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = Policy,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        AllowRenegotiation = false,
        // A resumed session would live on under a certificate, and a client's, that has been replaced since. As the platform is now it
        // resumes nothing under a list of suites either; that is not a promise.
        AllowTlsResume = false,
        ClientCertificateRequired = true,
#pragma warning disable CA5359 // Asked for, not demanded: people come without one. Whose it is, and whether it still counts, is
        // judged for each request by the Gateway; what comes through here is nothing but a key that the client holds.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };
}
