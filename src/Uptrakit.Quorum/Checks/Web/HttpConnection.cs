using System.Net.Security;
using System.Net.Sockets;
using Uptrakit.Quorum.Checks.Tls;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>The one connection of one request; when it is disposed the descriptor is gone.</summary>
internal sealed class HttpConnection : IDisposable
{
    private HttpConnection(Stream stream, DateTimeOffset? certificateEnds)
    {
        Stream = stream;
        CertificateEnds = certificateEnds;
    }

    internal Stream Stream { get; }

    internal DateTimeOffset? CertificateEnds { get; }

    /// <param name="tls">Null for plain text.</param>
    internal static async ValueTask<HttpConnection> OverAsync(Socket socket, SslClientAuthenticationOptions? tls, CancellationToken cancel)
    {
        NetworkStream plain = new(socket, ownsSocket: true);
        if (tls is null)
            return new HttpConnection(plain, null);
        SslStream secure = await TargetTls.EncryptAsync(plain, tls, cancel);
        return new HttpConnection(secure, TargetTls.EndOf(secure));
    }

    public void Dispose() => Stream.Dispose();
}
