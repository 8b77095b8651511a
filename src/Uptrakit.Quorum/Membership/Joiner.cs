using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Membership;

/// <summary>Why an endpoint of a token was passed over.</summary>
internal sealed record EndpointFailure(TokenEndpoint Endpoint, bool WrongKey, string Reason);

/// <summary>The joiner's side of an enrollment.</summary>
internal sealed class Joiner(TimeProvider clock)
{
    private static readonly TimeSpan ContactDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EnrollDeadline = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Walks endpoints of the token in turn until one shows the key that the token names. Nothing but a TLS handshake with a
    /// throw-away certificate is sent before that.
    /// </summary>
    /// <remarks>"For that endpoint … the fingerprint is compared against the one baked into the token" (quorum-security, step 4).</remarks>
    public static async Task<(TokenEndpoint? Matched, IReadOnlyList<EndpointFailure> Failures)> FindClusterAsync(IEnumerable<TokenEndpoint> endpoints, CancellationToken cancel)
    {
        List<EndpointFailure> failures = [];
        foreach (TokenEndpoint endpoint in endpoints)
        {
            try
            {
                using X509Certificate2 leaf = await FirstContact.FetchLeafAsync(endpoint.Host, endpoint.Port, ContactDeadline, cancel).ConfigureAwait(false);
                if (IsPinned(leaf, endpoint))
                    return (endpoint, failures);
                failures.Add(new(endpoint, true, "its key is not the one that the token names: somebody is in between, or the key was rotated since"));
            }
            catch (Exception fault) when (fault is IOException or AuthenticationException or CryptographicException or System.Net.Sockets.SocketException or TimeoutException
                || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                failures.Add(new(endpoint, false, Words(fault)));
            }
        }

        return (null, failures);
    }

    /// <summary>Claims the token over a connection that only the pinned key can answer.</summary>
    /// <exception cref="RpcException">The node could not be reached or could not decide.</exception>
    public async Task<EnrollReply> EnrollAsync(
        EnrollmentToken token, TokenEndpoint endpoint, NodeIdentity identity, string advertise, CancellationToken cancel)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(new UriBuilder("https", endpoint.Host, endpoint.Port).Uri, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
                ConnectTimeout = ContactDeadline,
                SslOptions = PeerTls.ClientOptions(PeerTls.ContextOf(identity), SslApplicationProtocol.Http2, leaf => IsPinned(leaf, endpoint)),
            },
            DisposeHttpClient = true,
            HttpVersion = HttpVersion.Version20,
        });
        byte[] nonce = RandomNumberGenerator.GetBytes(ProofInput.NonceSize);
        ProofInput proof = new(token.Id, endpoint.Pin, identity.Fingerprint, nonce, identity.NodeId.ToString(), advertise);
        EnrollRequest request = new()
        {
            TokenId = token.Id,
            Nonce = ByteString.CopyFrom(nonce),
            Proof = ByteString.CopyFrom(token.Sign(proof)),
            NodeId = identity.NodeId.ToString(),
            Advertise = advertise,
        };
        return await new Enrollment.EnrollmentClient(channel).EnrollAsync(
            request, deadline: clock.GetUtcNow().UtcDateTime + EnrollDeadline, cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
    }

    private static bool IsPinned(X509Certificate2? leaf, TokenEndpoint endpoint) =>
        SpkiFingerprint.TryOf(leaf, out SpkiFingerprint? key) && key.Matches(endpoint.Pin);

    private static string Words(Exception fault) => fault switch
    {
        AuthenticationException or CryptographicException => "what answers there does not speak as a node does (TLS 1.3); is the port right?",
        IOException => "the connection ended during the handshake; is the port right, and is a node serving there?",
        _ => fault.Message,
    };
}
