using Grpc.Core;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Gateway;

/// <summary>Lets only Services with a live, unrevoked certificate call the gateway; decided anew for each call, before a message is read.</summary>
internal static class GatewayGate
{
    private const string Gateway = "/uptrakit.gateway.v1.Gateway/";

    public static async Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (!(context.Request.Path.Value ?? "").StartsWith(Gateway, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        ClientVerifier verifier = context.RequestServices.GetRequiredService<ClientVerifier>();
        ClientVerdict verdict = await verifier.VerifyAsync(context.Connection.ClientCertificate, context.RequestAborted);
        if (!verdict.Accepted)
        {
            context.RequestServices.GetRequiredService<ILogger<GatewayServices.Room>>()
                .CallerRefused(context.Connection.RemoteIpAddress, verdict.Refusal);
            Refuse(context.Response, verdict);
            return;
        }

        context.Features.Set(new ServiceCaller(
            verdict.ServiceId.Value, verdict.CaId.Value, context.Connection.ClientCertificate!.NotAfter.ToUniversalTime()));
        context.Features.Get<ConnectionGate.Admission>()?.Release();
        await next(context);
    }

    private static void Refuse(HttpResponse response, ClientVerdict verdict)
    {
        // The Service tells by the code whether it must enroll again, or has only come without its certificate.
        StatusCode code = verdict.Refusal == ClientRefusal.Revoked ? StatusCode.PermissionDenied : StatusCode.Unauthenticated;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(verdict.Message);
    }
}
