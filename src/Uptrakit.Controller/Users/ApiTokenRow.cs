using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Users;

/// <summary>An API token: never its secret. One that is revoked is gone.</summary>
internal sealed class ApiTokenRow
{
    public required string Id { get; init; }

    /// <summary>Whose it is; null for one that was made on the host for no user.</summary>
    public string? UserId { get; init; }

    public HubUser? User { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }
}

internal sealed class ApiTokenRowShape : IEntityTypeConfiguration<ApiTokenRow>
{
    public void Configure(EntityTypeBuilder<ApiTokenRow> builder)
    {
        builder.ToTable("ApiTokens");
        builder.Property(row => row.Id).HasMaxLength(16);
        builder.Property(row => row.Name).HasMaxLength(ApiTokens.LongestName);
        builder.Property(row => row.Hash).HasMaxLength(32);
        // A user who is gone leaves no way in behind.
        builder.HasOne(row => row.User).WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
