using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>TLS to targets, as somebody sees it who comes for the first time.</summary>
/// <param name="roots">Trusted instead of the system's roots, for tests.</param>
internal sealed class TargetTls(X509Certificate2Collection? roots = null)
{
    /// <summary>Options that verify chain and name by the system's roots.</summary>
    internal SslClientAuthenticationOptions Options(string host)
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
            EnabledSslProtocols = SslProtocols.None,
            AllowTlsResume = false,
            CertificateChainPolicy = policy,
        };
    }

    /// <summary>Options that take any certificate: what is told about it is the answer, or the operator wants it so.</summary>
    internal SslClientAuthenticationOptions Unjudged(string host)
    {
        SslClientAuthenticationOptions options = Options(host);
        // Nothing that is sent over such a connection decides about trust: it is a question to a stranger.
        options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        return options;
    }

    /// <summary>Owns the connection from here on, whatever happens.</summary>
    internal static async ValueTask<SslStream> EncryptAsync(
        Stream plain, SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        SslStream secure = new(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancel);
            return secure;
        }
        catch (CryptographicException unreadable)
        {
            await secure.DisposeAsync();
            // What the platform throws when a server sends a hundred certificates that sign one another.
            throw new AuthenticationException("the certificates of the server cannot be read, or are too many", unreadable);
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    /// <summary>When the certificate of the other side ends.</summary>
    internal static DateTimeOffset? EndOf(SslStream secure) =>
        secure.RemoteCertificate is X509Certificate2 certificate ? new DateTimeOffset(certificate.NotAfter).ToUniversalTime() : null;
}
