using System.Security.Claims;

namespace Uptrakit.Controller.Users;

/// <summary>Who calls, read from the principal that a scheme made: never from the request.</summary>
internal static class Caller
{
    /// <summary>The user's id; null for a token that was made on the host for no user.</summary>
    public static string? UserId(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? principal.FindFirstValue("sub");

    /// <summary>As the audit log names the caller: user:alice, or api-token:ci for one that was made on the host.</summary>
    public static string Actor(this ClaimsPrincipal principal)
    {
        string name = principal.Identity?.Name ?? "unknown";
        return principal.UserId() is null ? $"api-token:{name}" : $"user:{name}";
    }
}
