using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>Certificates for processes, which have the real clock.</summary>
internal static class Forged
{
    /// <summary>A server certificate for localhost that is valid now.</summary>
    public static LeafSpec Today => new() { NotBefore = Now.AddDays(-1), NotAfter = Now.AddDays(30) };

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Says that the issuer's certificate is at this port, where nobody answers.</summary>
    public static X509Extension IssuerAt(int port) =>
        new X509AuthorityInformationAccessExtension(null, [$"http://127.0.0.1:{port}/issuer.crt"]);
}
