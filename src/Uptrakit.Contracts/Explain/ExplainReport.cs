using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Explain;

/// <summary>All that can be said of a server without trusting it. Nothing in it was proved but what a decision says.</summary>
public sealed record ExplainReport
{
    /// <summary>The server, as it was dialed.</summary>
    public required string Address { get; init; }

    /// <summary>This machine's time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the server says of the time, unproved; null when it says nothing.</summary>
    public DateTimeOffset? ServerTime { get; init; }

    /// <summary>The mode that is configured.</summary>
    public required TrustMode Mode { get; init; }

    /// <summary>Whether the name counts in it.</summary>
    public required bool NameEnforced { get; init; }

    /// <summary>Why no certificate was seen; null when one was. Everything below is then empty.</summary>
    public string? Unreachable { get; init; }

    /// <summary>The chain as the server sent it, its own certificate first.</summary>
    public IReadOnlyList<ExplainedCertificate> Chain { get; init; } = [];

    /// <summary>Whether its certificate has the name that was dialed.</summary>
    public bool NameMatches { get; init; }

    /// <summary>The bundle that it serves, which proves nothing.</summary>
    public IReadOnlyList<ExplainedCertificate> ServedBundle { get; init; } = [];

    /// <summary>Why there is no bundle; null when there is one.</summary>
    public string? BundleFault { get; init; }

    /// <summary>What is decided as it is configured.</summary>
    public ExplainedDecision? Decision { get; init; }

    /// <summary>What each other mode would decide.</summary>
    public IReadOnlyList<ExplainedDecision> Others { get; init; } = [];

    /// <summary>What became of the pin.</summary>
    public PinResult Pin { get; init; }

    /// <summary>Why the server is not the expected one.</summary>
    public MismatchCause Cause { get; init; }

    /// <summary>The cause as a sentence.</summary>
    public string CauseWords { get; init; } = "";

    /// <summary>The safe next step.</summary>
    public string NextStep { get; init; } = "";
}
