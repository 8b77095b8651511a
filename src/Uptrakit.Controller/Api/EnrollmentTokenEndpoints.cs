using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Api;

/// <summary>/api/v1/enrollment-tokens</summary>
internal static class EnrollmentTokenEndpoints
{
    public static void MapEnrollmentTokens(this IEndpointRouteBuilder api)
    {
        api.MapGet("/enrollment-tokens", static async (EnrollmentTokens tokens, CancellationToken cancel) =>
            Answers.Of(await tokens.ListAsync(cancel), ApiJson.Default.EnrollmentTokenList));
        api.MapPost("/enrollment-tokens", CreateAsync);
        api.MapPost("/enrollment-tokens/{id}/revoke", static async (string id, HttpContext context, EnrollmentTokens tokens, CancellationToken cancel) =>
            Answers.Of(await tokens.RevokeAsync(id, context.User.Actor(), cancel), ApiJson.Default.EnrollmentTokenView));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, EnrollmentTokens tokens, CancellationToken cancel)
    {
        if (await Body.ReadAsync(context, ApiJson.Default.CreateEnrollmentTokenRequest, cancel) is not { } request)
            return Problems.Invalid("The body is not a request for a token: send {} or {\"name\": \"what it is for\", \"uses\": 1}.");
        // The secret is in this answer only; nobody keeps a copy on the way.
        context.Response.Headers.CacheControl = "no-store";
        return Answers.Of(
            await tokens.CreateAsync(request, context.User.Actor(), cancel), ApiJson.Default.CreatedEnrollmentToken, StatusCodes.Status201Created);
    }
}
