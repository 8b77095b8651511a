using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Uptrakit.Controller.Users;

/// <summary>Signs in who brings an API token.</summary>
internal sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Expires = "uptrakit.expires";

    private const string Bearer = "Bearer ";

    public static bool IsApiToken(string? authorization) =>
        authorization?.StartsWith(Bearer + ApiToken.Prefix, StringComparison.OrdinalIgnoreCase) == true;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (!IsApiToken(header))
            return AuthenticateResult.NoResult();
        ApiTokenRow? row = await tokens.RecognizeAsync(header.AsMemory(Bearer.Length), Context.RequestAborted);
        return row is null
            ? AuthenticateResult.Fail("unknown, revoked or ended token")
            : AuthenticateResult.Success(new AuthenticationTicket(Principal(row), Scheme.Name));
    }

    private static ClaimsPrincipal Principal(ApiTokenRow row)
    {
        ClaimsIdentity identity = new(Schemes.ApiToken);
        identity.AddClaim(new Claim(ClaimTypes.Name, row.User?.UserName ?? row.Name));
        if (row.UserId is not null)
            identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, row.UserId));
        if (row.ExpiresAt is { } expires)
            identity.AddClaim(new Claim(Expires, expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        return new ClaimsPrincipal(identity);
    }
}
