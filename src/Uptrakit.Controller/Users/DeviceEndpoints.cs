using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Uptrakit.Controller.Users;

/// <summary>What OpenIddict leaves to us: whose login it becomes, and whether that still stands when it is renewed.</summary>
internal static class DeviceEndpoints
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static void MapDeviceLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/connect/token", ExchangeAsync); // DeviceLoginLimits bounds it
        routes.MapPost(DeviceLogin.Decision, DecideAsync).RequireAuthorization().RequireRateLimiting(SignInLimits.SignIn);
    }

    /// <summary>A device code that was approved, or a refresh token, becomes an access token.</summary>
    private static async Task<IResult> ExchangeAsync(HttpContext context, UserManager<HubUser> users)
    {
        AuthenticateResult login = await context.AuthenticateAsync(Scheme);
        HubUser? user = login.Principal?.GetClaim(Claims.Subject) is { } id ? await users.FindByIdAsync(id) : null;
        // Another password, another second factor: what was let in before has to ask again.
        if (user is null || login.Principal!.GetClaim(DeviceLogin.Stamp) != await users.GetSecurityStampAsync(user))
            return Refuse(Errors.InvalidGrant, "The user is gone or has changed the password since: sign in again.");
        return Results.SignIn(Principal(user, login.Principal!.GetClaim(DeviceLogin.Stamp)!), properties: null, Scheme);
    }

    /// <summary>The answer of the person before the page /device.</summary>
    private static async Task<IResult> DecideAsync(
        HttpContext context, IAntiforgery antiforgery, UserManager<HubUser> users, HubSignInManager sessions, UserAudit audit)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();
        HubUser? user = await users.GetUserAsync(context.User);
        AuthenticateResult asked = await context.AuthenticateAsync(Scheme);
        if (user is null || asked.Principal?.GetClaim(Claims.ClientId) is not { Length: > 0 } client)
            return Results.LocalRedirect($"{DeviceLogin.Page}?outcome=unknown");
        string code = UserCode.Normal(context.GetOpenIddictServerRequest()?.UserCode) ?? "";
        if (!await sessions.IsFreshAsync())
            return Results.LocalRedirect($"{DeviceLogin.Page}?user_code={code}");

        bool approved = context.Request.Form["decision"] == "approve";
        await audit.WriteAsync(context.User.Actor(), approved ? "device.approve" : "device.deny", client, null, context.RequestAborted);
        AuthenticationProperties back = new() { RedirectUri = $"{DeviceLogin.Page}?outcome={(approved ? "approved" : "denied")}" };
        return approved
            ? Results.SignIn(Principal(user, await users.GetSecurityStampAsync(user)), back, Scheme)
            : Results.Forbid(back, [Scheme]);
    }

    private static ClaimsPrincipal Principal(HubUser user, string stamp)
    {
        ClaimsIdentity identity = new(Scheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, user.Id).SetClaim(Claims.Name, user.UserName).SetClaim(DeviceLogin.Stamp, stamp);
        // For a refresh token. No openid: an identity token would tell the command line nothing.
        identity.SetScopes(Scopes.OfflineAccess);
        // The stamp has no destination: it stays in what only the Controller reads.
        identity.SetDestinations(static claim => claim.Type == DeviceLogin.Stamp ? [] : [Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }

    private static IResult Refuse(string error, string words) => Results.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = words,
    }), [Scheme]);
}
