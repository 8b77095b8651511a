using Microsoft.AspNetCore.Authorization;

namespace Uptrakit.Controller.Users;

/// <summary>Names of authentication schemes and of the policy of the API.</summary>
internal static class Schemes
{
    /// <summary>Whatever stands after "Bearer": an API token, or an access token of the device login. Never a cookie.</summary>
    /// <remarks>A browser sends cookies by itself; the API takes none, so no foreign page can make it act.</remarks>
    public const string Api = "Uptrakit.Api";

    public const string ApiToken = "Uptrakit.ApiToken";

    /// <summary>The policy of every route under /api/v1 that is not public.</summary>
    public const string ApiPolicy = "Uptrakit.Api";

    public static TBuilder RequireApiCaller<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(ApiPolicy);

    internal static void Configure(AuthorizationOptions options) =>
        options.AddPolicy(ApiPolicy, policy => policy.AddAuthenticationSchemes(Api).RequireAuthenticatedUser());
}
