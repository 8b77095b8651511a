using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>Takes the beats of push checks: <c>/push/&lt;check-id&gt;</c> with the key as a bearer token, or the key in the path for devices that can do nothing else.</summary>
internal sealed class PushDesk(WebSources sources)
{
    private const string Scheme = "Bearer ";

    public Task TakeAsync(HttpContext context)
    {
        string id = context.Request.RouteValues["check"] as string ?? "";
        string key = context.Request.RouteValues["key"] as string ?? FromHeader(context.Request);
        bool found = sources.State.State.Checks.TryGet(id, out Check? check) && check is { Type: CheckType.Push, Push.KeySha256.Length: SHA256.HashSizeInBytes };

        // The same work whether there is such a check or not: time tells nothing, only the answer does.
        bool right = PushBook.Fits(check, key);
        context.Response.StatusCode = (found, right) switch
        {
            (false, _) => StatusCodes.Status404NotFound,
            (_, false) => StatusCodes.Status401Unauthorized,
            _ => !check!.Enabled || sources.Push.Beat(check, key) ? StatusCodes.Status204NoContent : StatusCodes.Status503ServiceUnavailable,
        };
        return Task.CompletedTask;
    }

    private static string FromHeader(HttpRequest request)
    {
        string shown = request.Headers.Authorization.ToString();
        return shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? shown[Scheme.Length..].Trim() : "";
    }
}
