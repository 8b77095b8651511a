using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Storage.Rows;

/// <summary>Who this Controller is, and its settings: one row.</summary>
internal sealed class ControllerRow
{
    public const int Only = 1;

    public int Id { get; init; } = Only;

    /// <summary>Made at the first start; in tokens, and the trust domain of every identity.</summary>
    public required Guid ControllerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>host:port under which Services and people reach it; null for what the serving Controller knows for itself.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>Whether hosts may ask to be approved without a token.</summary>
    public bool ApprovalWithoutToken { get; set; } = true;

    /// <summary>Counts up with each change of the CAs.</summary>
    public long CaVersion { get; set; }
}

internal sealed class ControllerRowShape : IEntityTypeConfiguration<ControllerRow>
{
    public void Configure(EntityTypeBuilder<ControllerRow> builder)
    {
        builder.ToTable("Controller");
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.PublicAddress).HasMaxLength(300);
    }
}
