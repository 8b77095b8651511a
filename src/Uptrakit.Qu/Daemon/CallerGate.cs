using Microsoft.AspNetCore.Http;
using Uptrakit.Hosting;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>
/// Who may call what, decided before a message is read: the control socket calls Control, a pinned key calls Peers and
/// Enrollment, an unknown key calls Enrollment and nothing else.
/// </summary>
internal static class CallerGate
{
    private const string Enrollment = "/uptrakit.quorum.peers.Enrollment/";
    private const string Peers = "/uptrakit.quorum.peers.Peers/";
    private const string Control = "/uptrakit.qu.control.Control/";

    public static Func<HttpContext, RequestDelegate, Task> Middleware(PeerDirectory directory) => (context, next) =>
        IsAllowed(context, directory) ? next(context) : RefuseAsync(context);

    private static bool IsAllowed(HttpContext context, PeerDirectory directory)
    {
        string path = context.Request.Path.Value ?? "";
        if (context.Features.Get<ControlCaller>() is not null)
            return path.StartsWith(Control, StringComparison.Ordinal);
        if (context.Features.Get<PeerConnection>() is not { } caller)
            return false;
        if (path.StartsWith(Enrollment, StringComparison.Ordinal))
            return true;
        // Asked of the pins anew: an eviction holds for the request after it, even before the connection has ended.
        return caller.Peer is { } peer
            && path.StartsWith(Peers, StringComparison.Ordinal)
            && directory.Pins.TryFind(caller.Key, out NodeId? now) && now == peer;
    }

    private static Task RefuseAsync(HttpContext context)
    {
        const string Unauthenticated = "16";
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = Unauthenticated;
        context.Response.Headers["grpc-message"] = "this key is not a member's";
        return Task.CompletedTask;
    }
}
