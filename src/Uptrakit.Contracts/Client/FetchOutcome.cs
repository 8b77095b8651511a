using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>What came of fetching a bundle.</summary>
internal abstract record FetchOutcome
{
    private FetchOutcome() { }

    /// <summary>A bundle came. Whether it is the right one is another question.</summary>
    public sealed record Got(CertificateBundle Bundle) : FetchOutcome;

    /// <summary>The server has none there.</summary>
    public sealed record Absent : FetchOutcome;

    /// <summary>The server was refused.</summary>
    public sealed record ServerRefused(ServerVerdict Verdict) : FetchOutcome;

    /// <summary>What came is no bundle.</summary>
    public sealed record BadBundle(string Words) : FetchOutcome;

    /// <summary>Nothing came.</summary>
    public sealed record Unreachable(string Words) : FetchOutcome;
}
