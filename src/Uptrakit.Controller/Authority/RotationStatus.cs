using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>How far a rotation has come.</summary>
internal enum RotationPhase
{
    AtRest,
    Prepared,
    Distributing,

    /// <summary>The new CA is active, and the former one is not retired yet.</summary>
    Activated,
}

/// <summary>A former issuing CA that is still accepted.</summary>
internal sealed record RetiringCa(Guid Id, string Name, DateTimeOffset Ends, int LivingServices);

/// <summary>What an operator sees of rotations.</summary>
internal sealed record RotationStatus
{
    public required RotationPhase Root { get; init; }

    public required RotationPhase Issuing { get; init; }

    public required CertificateFingerprint ActiveRoot { get; init; }

    /// <summary>Prepared or being distributed.</summary>
    public CertificateFingerprint? NextRoot { get; init; }

    /// <summary>Replaced, and still trusted.</summary>
    public CertificateFingerprint? FormerRoot { get; init; }

    /// <summary>How many Services trust the next root; at other times, the active one.</summary>
    public required Coverage Trusting { get; init; }

    public required IReadOnlyList<RetiringCa> Retiring { get; init; }

    public required DateTimeOffset IssuingEnds { get; init; }

    /// <summary>The issuing CA should be rotated now.</summary>
    public required bool IssuingIsDue { get; init; }
}
