using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Storage.Rows;

/// <summary>Who changed what, and when. Written in the transaction of the change.</summary>
internal sealed class AuditRow
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>user:alice, local:root, service:..., token:s-... or controller.</summary>
    public required string Actor { get; init; }

    /// <summary>noun.verb, for programs: service.approve, token.create, ca.rotate.</summary>
    public required string Action { get; init; }

    public required string Subject { get; init; }

    public string? Detail { get; init; }
}

internal sealed class AuditRowShape : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("Audit");
        builder.Property(row => row.Actor).HasMaxLength(300);
        builder.Property(row => row.Action).HasMaxLength(64);
        builder.Property(row => row.Subject).HasMaxLength(300);
        builder.Property(row => row.Detail).HasMaxLength(1000);
    }
}
