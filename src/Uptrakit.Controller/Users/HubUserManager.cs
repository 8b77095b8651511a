using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Uptrakit.Controller.Users;

/// <summary>Identity's rules for users, with recovery codes that are long enough to be stored as plain hashes.</summary>
internal sealed class HubUserManager(
    IUserStore<HubUser> store,
    IOptions<IdentityOptions> options,
    IPasswordHasher<HubUser> hasher,
    IEnumerable<IUserValidator<HubUser>> userValidators,
    IEnumerable<IPasswordValidator<HubUser>> passwordValidators,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber words,
    IServiceProvider services,
    ILogger<UserManager<HubUser>> logger)
    : UserManager<HubUser>(store, options, hasher, userValidators, passwordValidators, normalizer, words, services, logger)
{
    protected override string CreateTwoFactorRecoveryCode() => RecoveryCode.New();
}
