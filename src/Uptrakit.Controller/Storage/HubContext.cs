using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Storage;

/// <summary>All that the Controller remembers. Each provider has a type of its own, because each has migrations of its own.</summary>
internal abstract class HubContext(DbContextOptions options) : IdentityDbContext<HubUser>(options), IDataProtectionKeyContext
{
    /// <summary>The version of Identity's tables; passkeys came with this one.</summary>
    public static readonly Version IdentitySchema = IdentitySchemaVersions.Version3;

    /// <summary>The one row that says who this Controller is, and its settings.</summary>
    public DbSet<ControllerRow> Controllers => Set<ControllerRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<EnrollmentTokenRow> EnrollmentTokens => Set<EnrollmentTokenRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<CaRecord> CertificateAuthorities => Set<CaRecord>();

    public DbSet<IssuedCertificate> IssuedCertificates => Set<IssuedCertificate>();

    public DbSet<CrlCounterRow> CrlCounters => Set<CrlCounterRow>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite cannot compare its text form of them; as numbers both providers order and compare alike.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<IReadOnlyList<string>>().HaveConversion<Words, WordsComparer>().HaveMaxLength(2048);
        base.ConfigureConventions(configurationBuilder);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict();
        builder.ApplyConfigurationsFromAssembly(typeof(HubContext).Assembly);
    }
}

internal sealed class SqliteHubContext(DbContextOptions<SqliteHubContext> options) : HubContext(options);

internal sealed class PostgresHubContext(DbContextOptions<PostgresHubContext> options) : HubContext(options);
