using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>What a leaf is for; the numbers are stored.</summary>
internal enum LeafKind
{
    Server = 1,
    Service = 2,
}

/// <summary>A leaf as it is remembered. What is not remembered was not issued: OCSP says so, and clients are refused.</summary>
internal sealed record IssuedCertificate
{
    /// <summary>Lower-case hex without leading zeros; see <see cref="SerialText"/>. Unique within <see cref="CaId"/>.</summary>
    public required string Serial { get; init; }

    public required Guid CaId { get; init; }

    public required LeafKind Kind { get; init; }

    /// <summary>Null for a server leaf.</summary>
    public Guid? ServiceId { get; init; }

    public required SpkiFingerprint Key { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset? Revoked { get; init; }

    public X509RevocationReason Reason { get; init; }
}
