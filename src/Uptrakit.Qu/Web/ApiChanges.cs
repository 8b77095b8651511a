using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>What the API changes, and only for the token: the cookie of a session changes nothing here.</summary>
internal sealed class ApiChanges(Api api, WebSources sources, OperatorDesk desk, TimeProvider clock)
{
    public async Task AcknowledgeAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await Answers.ProblemAsync(context, StatusCodes.Status415UnsupportedMediaType, "not_json", "the body must be JSON, and Content-Type say so");
            return;
        }

        if (await BodyAsync(context) is not { } body)
        {
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad_body", """the body must be an object such as {"by":"ada","note":"disk ordered","for":"8h"}""");
            return;
        }

        if (Asked(context) is not { } check)
        {
            await Api.NotFoundAsync(context);
            return;
        }

        (Command? command, string? fault) = OperatorChange.Known(check, body.By ?? "", body.Note ?? "", body.For ?? "", body.Until ?? "", clock.GetUtcNow());
        if (command is null)
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid", fault!);
        else
            await MakeAsync(context, check, command);
    }

    public Task TakeBackAsync(HttpContext context) => Asked(context) is { } check ? MakeAsync(context, check, OperatorChange.Unknown(check)) : Api.NotFoundAsync(context);

    private async Task MakeAsync(HttpContext context, Check check, Command command)
    {
        if (await desk.ChangeAsync(context, check, command) is { } refused)
            await Answers.ProblemAsync(context, refused.Status, refused.Code, refused.Message);
        else
            await api.CheckAsync(context);
    }

    private static async Task<ApiAcknowledge?> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.ApiAcknowledge, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Check? Asked(HttpContext context) => sources.State.State.Checks.TryFind(context.Request.RouteValues["id"] as string ?? "", out Check? check) ? check : null;
}
