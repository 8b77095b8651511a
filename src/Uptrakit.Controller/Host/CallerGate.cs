using Uptrakit.Hosting;

namespace Uptrakit.Controller.Host;

/// <summary>Marks a connection of the port for plain HTTP.</summary>
internal sealed record PlainConnection;

/// <summary>Which door leads where: the control socket to commands, the plain port to what is signed anyway, HTTPS to the rest.</summary>
internal static class CallerGate
{
    /// <summary>The package of every service of the control socket.</summary>
    internal const string Control = "/uptrakit.controller.";

    private static readonly string[] Plain = ["/api/v1/pki/ca.crt", "/api/v1/pki/handover.crt", "/api/v1/pki/ca.crl", "/api/v1/pki/ocsp"];
    private static readonly string[] PlainFolders = ["/api/v1/pki/crl/", "/api/v1/pki/issuer/", "/api/v1/pki/ocsp/"];

    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (IsAllowed(context))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsAllowed(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        bool isControl = path.StartsWith(Control, StringComparison.Ordinal);
        if (context.Features.Get<ControlCaller>() is not null)
            return isControl;
        if (context.Features.Get<PlainConnection>() is not null)
            return Plain.Contains(path) || PlainFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
        return context.Features.Get<ShownKey>() is not null && !isControl;
    }
}
