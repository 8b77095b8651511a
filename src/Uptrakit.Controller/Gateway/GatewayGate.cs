using System.Globalization;
using System.Net;
using Grpc.Core;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Gateway;

/// <summary>Lets only Services with a live, unrevoked certificate in; decided anew for each call, before a message is read.</summary>
internal static class GatewayGate
{
    /// <summary>Who is not a Service of ours finds this closed.</summary>
    public static T ForServicesOnly<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new ServicesOnly()).AllowAnonymous();

    /// <summary>Whether the router chose something that only Services may call.</summary>
    public static bool IsForServices(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ServicesOnly>() is not null;

    /// <summary>Comes after the router.</summary>
    public static async Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (!IsForServices(context) || await IdentifyAsync(context))
            await next(context);
    }

    private static async Task<bool> IdentifyAsync(HttpContext context)
    {
        ClientVerifier verifier = context.RequestServices.GetRequiredService<ClientVerifier>();
        ClientVerdict verdict = await verifier.VerifyAsync(context.Connection.ClientCertificate, context.RequestAborted);
        if (!verdict.Accepted)
        {
            IPAddress? from = context.Connection.RemoteIpAddress;
            context.RequestServices.GetRequiredService<ILogger<ServicesOnly>>().CallerRefused(from, verdict.Refusal);
            Refuse(context.Response, verdict);
            return false;
        }

        context.Features.Set(new ServiceCaller(
            verdict.ServiceId.Value, verdict.CaId.Value, context.Connection.ClientCertificate!.NotAfter.ToUniversalTime()));
        context.Features.Get<ConnectionGate.Admission>()?.Release();
        return true;
    }

    private static void Refuse(HttpResponse response, ClientVerdict verdict)
    {
        // The Service tells by the code whether it must enroll again, or has only come without its certificate.
        StatusCode code = verdict.Refusal == ClientRefusal.Revoked ? StatusCode.PermissionDenied : StatusCode.Unauthenticated;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(verdict.Message);
    }

    internal sealed record ServicesOnly;
}
