using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Uptrakit.Controller.Users;

/// <summary>Somebody who may sign in. Whoever may sign in may do everything: there is one role.</summary>
internal sealed class HubUser : IdentityUser
{
    /// <summary>The longest name that is taken.</summary>
    public const int LongestName = 64;

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time step of the last one-time code that was taken: it and all before are spent (RFC 6238, 5.2).</summary>
    public long SpentTotpStep { get; set; }
}

internal sealed class HubUserShape : IEntityTypeConfiguration<HubUser>
{
    public void Configure(EntityTypeBuilder<HubUser> builder)
    {
        builder.ToTable("Users");
        builder.Property(user => user.UserName).HasMaxLength(HubUser.LongestName);
    }
}
