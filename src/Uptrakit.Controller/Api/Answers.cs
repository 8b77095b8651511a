using System.Text.Json.Serialization.Metadata;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Api;

/// <summary>Answers of the API: a value in snake_case, or a problem.</summary>
internal static class Answers
{
    public static IResult Of<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Results.Json(value, type, statusCode: status);

    public static IResult Of<T>(Outcome<T> outcome, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        where T : class =>
        outcome.Value is { } value ? Of(value, type, status) : Refusal(outcome.Code!, outcome.Fault!);

    public static IResult Refusal(string code, string fault) => Problems.Of(code switch
    {
        ProblemCode.Invalid => StatusCodes.Status400BadRequest,
        ProblemCode.NotFound => StatusCodes.Status404NotFound,
        ProblemCode.TooMany => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status409Conflict,
    }, code, fault);
}
