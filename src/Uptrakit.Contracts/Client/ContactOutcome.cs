using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>What came of the first contact with a Controller.</summary>
public abstract record ContactOutcome
{
    private ContactOutcome() { }

    /// <summary>The Controller is known; only now may a secret be sent to it.</summary>
    /// <param name="Trust">What is known, and what is to be kept.</param>
    public sealed record Established(EstablishedTrust Trust) : ContactOutcome;

    /// <summary>Trust was refused: exit code 3, and nothing is to be kept.</summary>
    /// <param name="Why">What was refused.</param>
    /// <param name="Words">A sentence for the operator, with what to do.</param>
    /// <param name="Verdict">The verdict on the server, where that was it.</param>
    /// <param name="Observed">
    /// What was found in place of what is pinned: the authority that issued the certificate of a server that was refused, or
    /// that certificate itself where nothing that it showed did; where the bundle was refused, the first one in it. For a log
    /// that must name both; it is an attacker's as likely as not, and its fingerprint belongs into no command line. Null where
    /// nothing was seen.
    /// </param>
    public sealed record Refused(
        ContactRefusal Why,
        string Words,
        ServerVerdict? Verdict = null,
        X509Certificate2? Observed = null
    ) : ContactOutcome;

    /// <summary>Nobody answered, or not in time: exit code 4, try again later.</summary>
    /// <param name="Words">A sentence for the operator.</param>
    public sealed record Unreachable(string Words) : ContactOutcome;
}
