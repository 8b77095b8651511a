using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Uptrakit.Controller.Users;

/// <summary>Signing in to the Dashboard. A session remembers when somebody last proved who they are.</summary>
internal sealed class HubSignInManager(
    UserManager<HubUser> users,
    IHttpContextAccessor context,
    IUserClaimsPrincipalFactory<HubUser> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<HubUser>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<HubUser> confirmation,
    TimeProvider clock)
    : SignInManager<HubUser>(users, context, claims, options, logger, schemes, confirmation)
{
    // Long enough to set up what one came for, short enough that a machine left alone has lost it.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    private const string ProvedAt = ".uptrakit.proved_at";

    public override Task SignInWithClaimsAsync(
        HubUser user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        AuthenticationProperties properties = authenticationProperties ?? new AuthenticationProperties();
        // A refresh brings the properties of the session along: it proves nothing new.
        if (!properties.Items.ContainsKey(ProvedAt))
            properties.Items[ProvedAt] = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        properties.IsPersistent = false;
        return base.SignInWithClaimsAsync(user, properties, additionalClaims);
    }

    /// <summary>Whether the caller has proved a moment ago who they are; else a device, a passkey or a token would be the gift of an unlocked screen.</summary>
    public async Task<bool> IsFreshAsync()
    {
        AuthenticateResult session = await Context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        return session.Succeeded
            && session.Properties.Items.TryGetValue(ProvedAt, out string? text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) is var age
            && age < Fresh && age > -Fresh;
    }
}
