using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Storage.Rows;

/// <summary>The CAs, stored as the Authority knows them.</summary>
internal sealed class CaRecordShape : IEntityTypeConfiguration<CaRecord>
{
    public void Configure(EntityTypeBuilder<CaRecord> builder)
    {
        builder.ToTable("CertificateAuthorities");
        builder.HasKey(ca => ca.Id);
        builder.Property(ca => ca.Id).ValueGeneratedNever();
        builder.Ignore(ca => ca.SealContext);
        builder.HasIndex(ca => new { ca.Role, ca.Generation }).IsUnique();
    }
}

/// <summary>The leaves that were issued.</summary>
internal sealed class IssuedCertificateShape : IEntityTypeConfiguration<IssuedCertificate>
{
    public void Configure(EntityTypeBuilder<IssuedCertificate> builder)
    {
        builder.ToTable("IssuedCertificates");
        builder.HasKey(issued => new { issued.CaId, issued.Serial });
        builder.Property(issued => issued.Serial).HasMaxLength(64);
        builder.Property(issued => issued.Key).HasConversion<SpkiText>().HasMaxLength(64);
        builder.HasIndex(issued => issued.ServiceId);
        builder.HasIndex(issued => new { issued.CaId, issued.NotAfter });
    }
}

/// <summary>Numbers of CRLs: one row for each CA.</summary>
internal sealed class CrlCounterRow
{
    public required Guid CaId { get; init; }

    public required long Last { get; set; }
}

internal sealed class CrlCounterRowShape : IEntityTypeConfiguration<CrlCounterRow>
{
    public void Configure(EntityTypeBuilder<CrlCounterRow> builder)
    {
        builder.ToTable("CrlCounters");
        builder.HasKey(row => row.CaId);
        builder.Property(row => row.CaId).ValueGeneratedNever();
    }
}
