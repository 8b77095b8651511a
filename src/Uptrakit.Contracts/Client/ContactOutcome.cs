using Uptrakit.Trust.Digests;
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
    /// The first fingerprint of the bundle that an unverified server served: for a log that must name both. It is an
    /// attacker's as likely as not and belongs into no command line.
    /// </param>
    public sealed record Refused(
        ContactRefusal Why,
        string Words,
        ServerVerdict? Verdict = null,
        CertificateFingerprint? Observed = null
    ) : ContactOutcome;

    /// <summary>Nobody answered, or not in time: exit code 4, try again later.</summary>
    /// <param name="Words">A sentence for the operator.</param>
    public sealed record Unreachable(string Words) : ContactOutcome;
}
