using System.Globalization;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Settings;

namespace Uptrakit.Controller.Users;

/// <summary>/api/v1/me and /api/v1/users.</summary>
internal static class UserEndpoints
{
    public static void MapUserRoutes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1").RequireApiCaller();
        api.MapGet("/me", Me);
        api.MapGet("/users", async (UserDesk desk, CancellationToken cancel) =>
            Results.Json(new UserList(await desk.ListAsync(cancel)), ApiJson.Default.UserList));
        api.MapPost("/users", CreateAsync).RequireRateLimiting(SignInLimits.SignIn);
        api.MapDelete("/users/{id}", async (string id, ClaimsPrincipal caller, UserDesk desk, CancellationToken cancel) =>
        {
            UserOutcome outcome = await desk.DeleteAsync(id, caller.Actor(), cancel);
            return outcome.User is null ? Refusal(outcome) : Results.NoContent();
        });
    }

    private static IResult Me(ClaimsPrincipal caller, ControllerIdentity controller) => Results.Json(new MeView(
        caller.Identity?.Name ?? "",
        caller.Identity?.AuthenticationType == Schemes.ApiToken ? "api-token" : "device",
        controller.Id.ToString("D"),
        Version,
        Ends(caller)), ApiJson.Default.MeView);

    private static async Task<IResult> CreateAsync(HttpContext context, UserDesk desk, CancellationToken cancel)
    {
        if (await Body.ReadAsync(context, ApiJson.Default.CreateUserRequest, cancel) is not { Name: not null, Password: not null } wanted)
            return Problems.Invalid("The body is not a user: send {\"name\": \"...\", \"password\": \"...\"}.");
        UserOutcome outcome = await desk.CreateAsync(wanted.Name, wanted.Password, context.User.Actor(), cancel);
        return outcome.User is null
            ? Refusal(outcome)
            : Results.Json(await desk.ViewAsync(outcome.User), ApiJson.Default.UserView, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Refusal(UserOutcome outcome) => Problems.Of(outcome.Code switch
    {
        ProblemCode.NotFound => StatusCodes.Status404NotFound,
        ProblemCode.Invalid => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status409Conflict,
    }, outcome.Code, outcome.Fault);

    private static DateTimeOffset? Ends(ClaimsPrincipal caller) =>
        long.TryParse(caller.FindFirstValue(ApiTokenHandler.Expires), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : caller.GetExpirationDate();

    private static string Version => typeof(UserEndpoints).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
