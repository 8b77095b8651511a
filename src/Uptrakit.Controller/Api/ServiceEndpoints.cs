using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Api;

/// <summary>/api/v1/services</summary>
internal static class ServiceEndpoints
{
    public static void MapServices(this IEndpointRouteBuilder api)
    {
        api.MapGet("/services", static async (ServiceRegistry services, CancellationToken cancel) =>
            Answers.Of(await services.ListAsync(cancel), ApiJson.Default.ServiceList));
        api.MapGet("/services/{id:guid}", static async (Guid id, ServiceRegistry services, CancellationToken cancel) =>
            Answers.Of(await services.FindAsync(id, cancel), ApiJson.Default.ServiceView));
        api.MapPost("/services/{id:guid}/approve", ApproveAsync);
        api.MapPost("/services/{id:guid}/reject", static async (Guid id, HttpContext context, ServiceRegistry services, CancellationToken cancel) =>
            Answers.Of(await services.RejectAsync(id, context.User.Actor(), cancel), ApiJson.Default.ServiceView));
        api.MapPost("/services/{id:guid}/revoke", static async (Guid id, HttpContext context, ServiceRegistry services, CancellationToken cancel) =>
            Answers.Of(await services.RevokeAsync(id, context.User.Actor(), cancel), ApiJson.Default.ServiceView));
    }

    private static async Task<IResult> ApproveAsync(Guid id, HttpContext context, ServiceRegistry services, CancellationToken cancel) =>
        await Body.ReadAsync(context, ApiJson.Default.ApproveServiceRequest, cancel) is { KeyFingerprint: not null } request
            ? Answers.Of(await services.ApproveAsync(id, request, context.User.Actor(), cancel), ApiJson.Default.ServiceView)
            : Problems.Invalid("The body is not an approval: send {\"key_fingerprint\": \"the one that the host shows\"}.");
}
