using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>What a server showed on a connection that nobody verified.</summary>
/// <param name="Server">Its certificates.</param>
/// <param name="Fetched">What came of asking it for its bundle.</param>
/// <param name="HandOver">Its evidence of hand-overs.</param>
/// <param name="Host">The name that was dialed.</param>
internal sealed record Observation(SeenServer Server, FetchOutcome Fetched, CertificateBundle HandOver, string Host)
{
    public CertificateBundle? Bundle => (Fetched as FetchOutcome.Got)?.Bundle;

    /// <summary>Why there is no bundle; null when there is one.</summary>
    public string? BundleFault => WordsOf(Fetched);

    /// <summary>Whether it answered, with a bundle or without one.</summary>
    public bool IsReady => Fetched is not FetchOutcome.Unreachable;

    public ServerVerdict Under(ServerPolicy policy, TimeProvider clock) =>
        policy.Judge(new ServerVerifier(clock), Server.Leaf, Server.Presented, Host);

    public bool IsAcceptedBy(ServerPolicy policy, TimeProvider clock) => Under(policy, clock).Accepted;

    /// <summary>All that the server sent and served: where something that is pinned may be.</summary>
    public IEnumerable<X509Certificate2> Everything => Server.Presented.Concat(Bundle?.Certificates ?? []);

    public static string? WordsOf(FetchOutcome outcome) =>
        outcome switch
        {
            FetchOutcome.Got => null,
            FetchOutcome.Unreachable unreachable => unreachable.Words,
            FetchOutcome.BadBundle bad => bad.Words,
            FetchOutcome.ServerRefused refused => refused.Verdict.Message,
            _ => ContactWords.NoBundle,
        };
}
