using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Storage.Rows;

/// <summary>A token with which Services enroll: never its secret, only the public key that the secret stands for.</summary>
internal sealed class EnrollmentTokenRow
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public required byte[] PublicKey { get; init; }

    public required IReadOnlyList<string> Capabilities { get; init; }

    public required int Uses { get; init; }

    public required int UsesLeft { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }
}

internal sealed class EnrollmentTokenRowShape : IEntityTypeConfiguration<EnrollmentTokenRow>
{
    public void Configure(EntityTypeBuilder<EnrollmentTokenRow> builder)
    {
        builder.ToTable("EnrollmentTokens");
        builder.Property(row => row.Id).HasMaxLength(64);
        builder.Property(row => row.Name).HasMaxLength(255);
        builder.Property(row => row.CreatedBy).HasMaxLength(255);
        builder.HasIndex(row => row.CreatedAt);
    }
}
