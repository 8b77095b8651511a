using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Storage.Rows;

/// <summary>Where a Service stands; the numbers are stored.</summary>
internal enum ServiceState
{
    Pending = 1,
    Active = 2,
    Revoked = 3,
    Rejected = 4,
}

/// <summary>A Service, from its first request on.</summary>
internal sealed class ServiceRow
{
    public required Guid Id { get; init; }

    /// <summary>What it calls itself; shown, never trusted.</summary>
    public required string FriendlyName { get; set; }

    /// <summary>agent or mqtt.</summary>
    public required string Kind { get; set; }

    public required ServiceState State { get; set; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo it enrolled with: the same key always is the same Service.</summary>
    public required string EnrolledKey { get; init; }

    /// <summary>The same of its present key: a renewal brings a fresh one.</summary>
    public required string Key { get; set; }

    public required IReadOnlyList<string> Capabilities { get; set; }

    public string? Version { get; set; }

    public required DateTimeOffset RequestedAt { get; set; }

    /// <summary>Whence it asked, for the operator who is to approve.</summary>
    public string? RequestedFrom { get; set; }

    public DateTimeOffset? EnrolledAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>The token that let it in; null when an operator did.</summary>
    public string? TokenId { get; set; }

    /// <summary>Serial number of its newest certificate, and which CA signed it.</summary>
    public string? Serial { get; set; }

    public Guid? IssuerId { get; set; }

    public string? CertificateFingerprint { get; set; }

    public DateTimeOffset? CertificateNotBefore { get; set; }

    public DateTimeOffset? CertificateNotAfter { get; set; }

    /// <summary>How it says that it verifies the Controller; null before it connected.</summary>
    public string? TrustMode { get; set; }

    /// <summary>SHA-256 of each anchor that it has stored, hex, with blanks between: one text, so that the database can search it.</summary>
    public string TrustAnchors { get; set; } = "";

    public bool PublicRoots { get; set; }

    public bool NativeRoots { get; set; }

    public bool SkipHostname { get; set; }

    /// <summary>What it says of its host: a HostFacts message; null before it said so.</summary>
    public byte[]? Facts { get; set; }
}

internal sealed class ServiceRowShape : IEntityTypeConfiguration<ServiceRow>
{
    public void Configure(EntityTypeBuilder<ServiceRow> builder)
    {
        builder.ToTable("Services");
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.FriendlyName).HasMaxLength(255);
        builder.Property(row => row.Kind).HasMaxLength(16);
        builder.Property(row => row.EnrolledKey).HasMaxLength(64);
        builder.Property(row => row.Key).HasMaxLength(64);
        builder.Property(row => row.Version).HasMaxLength(64);
        builder.Property(row => row.RequestedFrom).HasMaxLength(64);
        builder.Property(row => row.TokenId).HasMaxLength(64);
        builder.Property(row => row.Serial).HasMaxLength(64);
        builder.Property(row => row.CertificateFingerprint).HasMaxLength(64);
        builder.Property(row => row.TrustMode).HasMaxLength(32);
        builder.Property(row => row.TrustAnchors).HasMaxLength(16 * 65);
        builder.HasIndex(row => row.EnrolledKey).IsUnique();
        builder.HasIndex(row => row.State);
    }
}
