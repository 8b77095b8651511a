using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard;

/// <summary>What pages post besides their own forms: passkey questions, and signing out.</summary>
internal static class SessionEndpoints
{
    public static void MapSessionRoutes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder session = routes.MapGroup("/session").RequireRateLimiting(SignInLimits.SignIn).AddEndpointFilter(Antiforged);
        session.MapPost("/end", EndAsync).RequireAuthorization();
        session.MapPost("/passkey-question", async (HubSignInManager sessions) =>
            Results.Content(await sessions.MakePasskeyRequestOptionsAsync(null), "application/json")).AllowAnonymous();
        session.MapPost("/passkey-offer", OfferAsync).RequireAuthorization();
    }

    /// <summary>Who may be asked to make a passkey: a session that has just proved who it is.</summary>
    private static async Task<IResult> OfferAsync(HttpContext context, HubSignInManager sessions, UserManager<HubUser> users)
    {
        if (!await sessions.IsFreshAsync() || await users.GetUserAsync(context.User) is not { } user)
            return Results.Forbid();
        return Results.Content(await sessions.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity
        {
            Id = user.Id,
            Name = user.UserName!,
            DisplayName = user.UserName!,
        }), "application/json");
    }

    private static async Task<IResult> EndAsync(HttpContext context, HubSignInManager sessions, UserAudit audit)
    {
        await audit.WriteAsync(context.User.Actor(), "session.end", context.User.Identity?.Name ?? "", null, context.RequestAborted);
        await sessions.SignOutAsync();
        return Results.LocalRedirect("/sign-in");
    }

    private static async ValueTask<object?> Antiforged(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        await call.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(call.HttpContext)
            ? await next(call)
            : Results.BadRequest();
}
