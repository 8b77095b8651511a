using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Web;

/// <summary>Proposes what the operator asks for, and says what became of it.</summary>
internal sealed class OperatorDesk(WebSources sources, ILogger logger)
{
    /// <summary>Null when it was done.</summary>
    public async Task<Refused?> ChangeAsync(HttpContext context, Check check, Command command)
    {
        ProposalResult result = await sources.Changes.ChangeAsync(command, context.RequestAborted).ConfigureAwait(false);
        Refused? refused = Of(result);
        logger.OperatorChanged(context.Connection.RemoteIpAddress ?? IPAddress.None, command.ChangeCase, check.Id, refused?.Code ?? "done");
        return refused;
    }

    private static Refused? Of(ProposalResult result) => result.Outcome switch
    {
        null => new(StatusCodes.Status503ServiceUnavailable, result.Sent ? "not_confirmed" : "no_quorum", result.Words),
        { Status: OutcomeStatus.Done or OutcomeStatus.Pending } => null,
        { Reason: RefusalReason.NotFound } gone => new(StatusCodes.Status404NotFound, "not_found", gone.Message),
        { Reason: RefusalReason.Invalid } wrong => new(StatusCodes.Status400BadRequest, "invalid", wrong.Message),
        { Reason: RefusalReason.NotAllowed } never => new(StatusCodes.Status403Forbidden, "not_allowed", never.Message),
        { } other => new(StatusCodes.Status409Conflict, "conflict", other.Message),
    };

    /// <summary>Why nothing was changed.</summary>
    public sealed record Refused(int Status, string Code, string Message);
}
