namespace Uptrakit.Controller.Authority;

/// <summary>One CA as it is stored. A change makes a new record.</summary>
internal sealed record CaRecord
{
    public required Guid Id { get; init; }

    public required CaRole Role { get; init; }

    public required CaState State { get; init; }

    /// <summary>Counts up within a role; part of the subject's name, so that no two CAs share one.</summary>
    public required int Generation { get; init; }

    /// <summary>DER.</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>PKCS#8, sealed by <see cref="IKeySealer"/> with <see cref="SealContext"/>. Empty once the CA is retired.</summary>
    public required byte[] SealedKey { get; init; }

    /// <summary>Of an issuing CA: its root. Of a root: the former root, which signed <see cref="CrossCertificate"/>.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>Of a root: its name and key, signed by the former root. DER; empty when there was none.</summary>
    public byte[] CrossCertificate { get; init; } = [];

    /// <summary>Of an external CA: the certificates above it up to its anchor, DER back to back. Empty when it is its own.</summary>
    public byte[] Above { get; init; } = [];

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Activated { get; init; }

    public DateTimeOffset? Retired { get; init; }

    /// <summary>Ties a sealed key to its row: a key that was moved to another CA's row does not open.</summary>
    public string SealContext => $"ca-key:{Id:D}";
}
