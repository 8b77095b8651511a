using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Controller.Users;

/// <summary>Tells programs why they were refused, as a problem; people are sent to the sign-in page as ever.</summary>
internal sealed class ApiRefusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler otherwise = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || !policy.AuthenticationSchemes.Contains(Schemes.Api))
            return otherwise.HandleAsync(next, context, policy, authorizeResult);
        if (authorizeResult.Forbidden)
            return Problems.Of(StatusCodes.Status403Forbidden, ProblemCode.Forbidden, "You may not do that.").ExecuteAsync(context);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(StatusCodes.Status401Unauthorized, ProblemCode.Unauthenticated,
            "Nobody is signed in, or the token has ended: run 'uptrakit auth login', or send a live API token as 'Authorization: Bearer upk_...'.")
            .ExecuteAsync(context);
    }
}
