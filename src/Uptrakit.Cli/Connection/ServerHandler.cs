using System.Net.Security;
using Uptrakit.Cli.Commands;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Connection;

/// <summary>Connections to one Controller, each judged before a byte of a request is sent.</summary>
internal sealed class ServerHandler
{
    private volatile ServerVerdict? refusal;

    private ServerHandler(string host, Func<System.Security.Cryptography.X509Certificates.X509Certificate2?,
        IReadOnlyList<System.Security.Cryptography.X509Certificates.X509Certificate2>, ServerVerdict?> judge) =>
        Http = new SocketsHttpHandler
        {
            // A stored authority is that of an inner network, and what a proxy would see of a public one is nobody's business.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 32,
            SslOptions = ServerTls.ClientOptions(host, [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], (leaf, sent) =>
            {
                ServerVerdict? verdict = judge(leaf, sent);
                if (verdict is { Accepted: false })
                    refusal = verdict;
                return verdict is null or { Accepted: true };
            }),
        };

    internal SocketsHttpHandler Http { get; }

    /// <summary>Why a connection was refused; null when none was.</summary>
    internal ServerVerdict? Refusal => refusal;

    internal static ServerHandler For(Target target, CliEnvironment environment)
    {
        string host = target.Address.Host;
        if (target.Insecure)
            return new ServerHandler(host, (_, _) => null);
        TrustAnchors anchors = target.Anchors(environment.Roots);
        ServerVerifier verifier = new(environment.Clock);
        return new ServerHandler(host, (leaf, sent) => verifier.Verify(leaf, sent, anchors, host));
    }
}
