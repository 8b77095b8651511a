using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grpc.Core;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Hosting;

namespace Uptrakit.Controller.Control;

/// <summary>What commands on the host ask. Who gets here is the Controller's own user or root.</summary>
internal sealed class AdminService(EnrollmentTokens tokens, ServiceRegistry services, CertificateSettings certificates) : Admin.AdminBase
{
    public override async Task<ApiText> CreateEnrollmentToken(ApiText request, ServerCallContext context) => Answer(
        await tokens.CreateAsync(Read(request.Json, ApiJson.Default.CreateEnrollmentTokenRequest), ActorOf(context), context.CancellationToken),
        ApiJson.Default.CreatedEnrollmentToken);

    public override async Task<ApiText> ListEnrollmentTokens(Nothing request, ServerCallContext context) =>
        Text(await tokens.ListAsync(context.CancellationToken), ApiJson.Default.EnrollmentTokenList);

    public override async Task<ApiText> RevokeEnrollmentToken(ById request, ServerCallContext context) =>
        Answer(await tokens.RevokeAsync(request.Id, ActorOf(context), context.CancellationToken), ApiJson.Default.EnrollmentTokenView);

    public override async Task<ApiText> ListServices(Nothing request, ServerCallContext context) =>
        Text(await services.ListAsync(context.CancellationToken), ApiJson.Default.ServiceList);

    public override async Task<ApiText> ApproveService(ById request, ServerCallContext context) => Answer(
        await services.ApproveAsync(
            IdOf(request), Read(request.Json, ApiJson.Default.ApproveServiceRequest), ActorOf(context), context.CancellationToken),
        ApiJson.Default.ServiceView);

    public override async Task<ApiText> RejectService(ById request, ServerCallContext context) =>
        Answer(await services.RejectAsync(IdOf(request), ActorOf(context), context.CancellationToken), ApiJson.Default.ServiceView);

    public override async Task<ApiText> RevokeService(ById request, ServerCallContext context) =>
        Answer(await services.RevokeAsync(IdOf(request), ActorOf(context), context.CancellationToken), ApiJson.Default.ServiceView);

    public override async Task<ApiText> Certificates(Nothing request, ServerCallContext context) =>
        Text(await certificates.ReadAsync(context.CancellationToken), ApiJson.Default.CertificatesView);

    public override async Task<Said> RotateCa(ApiText request, ServerCallContext context)
    {
        RotationAnswer answer = await certificates.RotateAsync(
            Read(request.Json, ApiJson.Default.RotateCaRequest), ActorOf(context), context.CancellationToken);
        if (answer.Code is { } code)
            throw Refusal(code, answer.Message);
        CertificatesView view = await certificates.ReadAsync(context.CancellationToken);
        return new Said { Message = answer.Message, Json = JsonSerializer.Serialize(view, ApiJson.Default.CertificatesView) };
    }

    /// <summary>The user of the other end, as the kernel says.</summary>
    internal static string ActorOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<ControlCaller>() is { } caller
            ? $"local:{UserName.Of(caller.User)}"
            : throw new RpcException(new Status(StatusCode.Unauthenticated, "this is for the control socket"));

    internal static RpcException Refusal(string code, string fault) => new(new Status(code switch
    {
        ProblemCode.Invalid => StatusCode.InvalidArgument,
        ProblemCode.NotFound => StatusCode.NotFound,
        _ => StatusCode.FailedPrecondition,
    }, fault));

    private static ApiText Answer<T>(Outcome<T> outcome, JsonTypeInfo<T> type)
        where T : class =>
        outcome.Value is { } value ? Text(value, type) : throw Refusal(outcome.Code!, outcome.Fault!);

    private static ApiText Text<T>(T value, JsonTypeInfo<T> type) => new() { Json = JsonSerializer.Serialize(value, type) };

    private static T Read<T>(string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize(json, type) is { } value)
                return value;
        }
        catch (JsonException)
        {
            // A command of another version.
        }

        throw Refusal(ProblemCode.Invalid, "the Controller does not understand this command: it runs another version");
    }

    private static Guid IdOf(ById request) => Guid.TryParse(request.Id, out Guid id)
        ? id
        : throw Refusal(ProblemCode.Invalid, $"'{request.Id}' is not the id of a Service");
}
