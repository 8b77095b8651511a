using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Pins;

/// <summary>Looks at the certificate of a server that is not trusted yet.</summary>
public static class FirstContact
{
    /// <summary>
    /// Makes a TLS 1.3 handshake (ALPN <c>h2</c>), takes the certificate and hangs up: not one application byte is sent, and
    /// the certificate shown to the server, which demands one, is made for this call only.
    /// </summary>
    /// <param name="host">Host name or address.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="deadline">For everything together: name look-up, connection, handshake.</param>
    /// <param name="cancel">Gives up earlier.</param>
    /// <returns>
    /// The server's certificate, the caller's to dispose. The server has proven that it holds the key; whether it is the
    /// right key is for the caller to say, by the pin in its token (quorum-security, Enrollment, 4), before it sends anything.
    /// </returns>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="IOException">The connection ended during the handshake.</exception>
    /// <exception cref="AuthenticationException">The server does not speak TLS 1.3, or refused the handshake.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static async Task<X509Certificate2> FetchLeafAsync(
        string host, int port, TimeSpan deadline, CancellationToken cancel)
    {
        using CancellationTokenSource timed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timed.CancelAfter(deadline);
        try
        {
            return await FetchAsync(host, port, timed.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"{host}:{port} did not complete a TLS handshake within {deadline.TotalSeconds:0.#} s");
        }
    }

    private static async Task<X509Certificate2> FetchAsync(string host, int port, CancellationToken cancel)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(host, port, cancel);
        using X509Certificate2 mask = ThrowAway();
        SslStreamCertificateContext own = SslStreamCertificateContext.Create(mask, null, offline: true);

        await using SslStream tls = new(new NetworkStream(socket, ownsSocket: false));
        // Anyone may answer: nothing is sent, and the caller compares before it calls again.
        await tls.AuthenticateAsClientAsync(
            PeerTls.ClientOptions(own, SslApplicationProtocol.Http2, static leaf => leaf is not null), cancel);
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }

    // The joiner's own key would tell an impostor who is coming; this one tells nothing, not even the time of this machine.
    private static X509Certificate2 ThrowAway()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=first contact", key, HashAlgorithmName.SHA256);
        DateTimeOffset from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset until = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);
        return request.CreateSelfSigned(from, until);
    }
}
