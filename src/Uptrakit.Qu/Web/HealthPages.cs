using Microsoft.AspNetCore.Http;

namespace Uptrakit.Qu.Web;

/// <summary>For load balancers and service managers. They say nothing of what is watched.</summary>
internal static class HealthPages
{
    /// <summary>This process answers.</summary>
    public static Task AliveAsync(HttpContext context) => Answers.TextAsync(context, StatusCodes.Status200OK, "ok\n");

    /// <summary>What this node shows is what the cluster knows.</summary>
    public static Task ReadyAsync(HttpContext context, IWebHealth health) => health.Now() switch
    {
        { Quorum: false } => Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "no quorum\n"),
        { Fresh: false } => Answers.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "catching up\n"),
        _ => Answers.TextAsync(context, StatusCodes.Status200OK, "ready\n"),
    };
}
