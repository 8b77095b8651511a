using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Uptrakit.Controller.Users;

/// <summary>
/// Identity's rules for users, with recovery codes that are long enough to be stored as plain hashes, and locked out by the clock that all
/// else goes by.
/// </summary>
internal sealed class HubUserManager(
    IUserStore<HubUser> store,
    IOptions<IdentityOptions> options,
    IPasswordHasher<HubUser> hasher,
    IEnumerable<IUserValidator<HubUser>> userValidators,
    IEnumerable<IPasswordValidator<HubUser>> passwordValidators,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber words,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<UserManager<HubUser>> logger)
    : UserManager<HubUser>(store, options, hasher, userValidators, passwordValidators, normalizer, words, services, logger)
{
    protected override string CreateTwoFactorRecoveryCode() => RecoveryCode.New();

    public override async Task<bool> IsLockedOutAsync(HubUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return await GetLockoutEnabledAsync(user) && await GetLockoutEndDateAsync(user) is { } end && end >= clock.GetUtcNow();
    }

    public override async Task<IdentityResult> AccessFailedAsync(HubUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (Store is not IUserLockoutStore<HubUser> lockouts)
            return await base.AccessFailedAsync(user);
        if (await lockouts.IncrementAccessFailedCountAsync(user, CancellationToken) >= Options.Lockout.MaxFailedAccessAttempts)
        {
            await lockouts.SetLockoutEndDateAsync(user, clock.GetUtcNow() + Options.Lockout.DefaultLockoutTimeSpan, CancellationToken);
            await lockouts.ResetAccessFailedCountAsync(user, CancellationToken);
        }

        return await UpdateUserAsync(user);
    }
}
