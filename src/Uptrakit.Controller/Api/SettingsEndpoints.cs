using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Api;

/// <summary>/api/v1/settings and /api/v1/audit</summary>
internal static class SettingsEndpoints
{
    private const int MostEntries = 500;
    private const int UsualEntries = 100;

    public static void MapSettings(this IEndpointRouteBuilder api)
    {
        api.MapGet("/settings", static async (HubSettings settings, CancellationToken cancel) =>
            Answers.Of(await settings.ReadAsync(cancel), ApiJson.Default.SettingsView));
        api.MapPut("/settings", WriteAsync);
        api.MapGet("/settings/certificates", static async (CertificateSettings certificates, CancellationToken cancel) =>
            Answers.Of(await certificates.ReadAsync(cancel), ApiJson.Default.CertificatesView));
        api.MapPost("/settings/certificates/rotate", RotateAsync);
        api.MapGet("/audit", ListAsync);
    }

    private static async Task<IResult> WriteAsync(HttpContext context, HubSettings settings, CancellationToken cancel)
    {
        if (await Body.ReadAsync(context, ApiJson.Default.SettingsView, cancel) is not { } wanted)
            return Problems.Invalid("The body is not the settings: send them as GET answers them.");
        return await settings.WriteAsync(wanted, context.User.Actor(), cancel) is { } fault
            ? Problems.Invalid(fault)
            : Answers.Of(await settings.ReadAsync(cancel), ApiJson.Default.SettingsView);
    }

    private static async Task<IResult> RotateAsync(HttpContext context, CertificateSettings certificates, CancellationToken cancel)
    {
        if (await Body.ReadAsync(context, ApiJson.Default.RotateCaRequest, cancel) is not { Kind: not null } request)
            return Problems.Invalid("The body is not a step: send {\"kind\": \"issuing\"} or {\"kind\": \"root\"}.");
        RotationAnswer answer = await certificates.RotateAsync(request, context.User.Actor(), cancel);
        return answer.Code is { } code
            ? Answers.Refusal(code, answer.Message)
            : Answers.Of(await certificates.ReadAsync(cancel), ApiJson.Default.CertificatesView);
    }

    private static async Task<IResult> ListAsync(AuditLog audit, int? limit, DateTimeOffset? before, CancellationToken cancel) =>
        limit is < 1 or > MostEntries
            ? Problems.Invalid($"limit: 1 to {MostEntries}")
            : Answers.Of(await audit.ListAsync(limit ?? UsualEntries, before, cancel), ApiJson.Default.AuditList);
}
