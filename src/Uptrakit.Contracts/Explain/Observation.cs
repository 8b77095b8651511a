using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>What a server showed on a connection that nobody verified.</summary>
/// <param name="Server">Its certificates.</param>
/// <param name="Bundle">Its bundle, or null.</param>
/// <param name="HandOver">Its evidence of hand-overs.</param>
/// <param name="Host">The name that was dialed.</param>
internal sealed record Observation(SeenServer Server, CertificateBundle? Bundle, CertificateBundle HandOver, string Host)
{
    public ServerVerdict Under(ServerPolicy policy, TimeProvider clock) =>
        policy.Judge(new ServerVerifier(clock), Server.Leaf, Server.Presented, Host);

    public bool IsAcceptedBy(ServerPolicy policy, TimeProvider clock) => Under(policy, clock).Accepted;

    /// <summary>All that the server sent and served: where something that is pinned may be.</summary>
    public IEnumerable<X509Certificate2> Everything => Server.Presented.Concat(Bundle?.Certificates ?? []);
}
