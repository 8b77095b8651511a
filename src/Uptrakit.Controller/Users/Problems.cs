using Uptrakit.Contracts.Api;

namespace Uptrakit.Controller.Users;

/// <summary>Refusals of this room's routes (RFC 9457).</summary>
internal static class Problems
{
    public static IResult Of(int status, string code, string title, string? detail = null) => Results.Json(
        new Problem(title, status, code, detail), ApiJson.Default.Problem, "application/problem+json", status);

    public static IResult Invalid(string title) => Of(StatusCodes.Status400BadRequest, ProblemCode.Invalid, title);

    public static IResult Conflict(string title) => Of(StatusCodes.Status409Conflict, ProblemCode.Conflict, title);

    public static IResult NotFound(string title) => Of(StatusCodes.Status404NotFound, ProblemCode.NotFound, title);
}
