using System.Linq.Expressions;
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

    /// <summary>Reads a Service to decide on it: until this transaction ends nobody else decides on the same one.</summary>
    /// <remarks>
    /// PostgreSQL lets two transactions read the same row and the later write over the earlier: a renewal would go on beside a
    /// revocation, and leave a certificate that nobody takes back. An update that changes nothing makes the second wait for the
    /// first, and what is read after it is what the first has left. SQLite has one writer as it is.
    /// </remarks>
    public async Task<ServiceRow?> HoldServiceAsync(Expression<Func<ServiceRow, bool>> which, CancellationToken cancel)
    {
        await Services.Where(which).ExecuteUpdateAsync(static set => set.SetProperty(row => row.State, row => row.State), cancel);
        return await Services.SingleOrDefaultAsync(which, cancel);
    }

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
