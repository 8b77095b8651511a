using System.Security.Claims;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Controller.Users;

/// <summary>/api/v1/api-tokens.</summary>
internal static class ApiTokenEndpoints
{
    public static void MapApiTokenRoutes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1/api-tokens").RequireApiCaller();
        api.MapGet("", async (ClaimsPrincipal caller, ApiTokens tokens, CancellationToken cancel) =>
            Results.Json(new ApiTokenList(await tokens.ListAsync(caller.UserId(), cancel)), ApiJson.Default.ApiTokenList));
        api.MapPost("", CreateAsync);
        api.MapDelete("/{id}", async (string id, ClaimsPrincipal caller, ApiTokens tokens, CancellationToken cancel) =>
            await tokens.RevokeAsync(caller.UserId(), id, caller.Actor(), cancel)
                ? Results.NoContent()
                : Problems.NotFound("You have no API token with that id."));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ApiTokens tokens, CancellationToken cancel)
    {
        if (await Body.ReadAsync(context, ApiJson.Default.CreateApiTokenRequest, cancel) is not { } wanted)
            return Problems.Invalid("The body is not a request for a token: send {\"name\": \"what it is for\"}.");
        if (ApiTokens.Fault(wanted.Name, wanted.TtlSeconds) is { } fault)
            return Problems.Invalid(fault);
        ClaimsPrincipal caller = context.User;
        ApiTokens.Owner owner = caller.UserId() is { } id ? new(id, caller.Identity?.Name ?? id) : ApiTokens.Owner.Host;
        TimeSpan? ttl = wanted.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        context.Response.Headers.CacheControl = "no-store";
        return await tokens.CreateAsync(owner, wanted.Name, ttl, caller.Actor(), cancel) is { } created
            ? Results.Json(created, ApiJson.Default.CreatedApiToken, statusCode: StatusCodes.Status201Created)
            : Problems.Conflict($"You have {ApiTokens.MostPerUser} API tokens already: revoke some.");
    }
}
