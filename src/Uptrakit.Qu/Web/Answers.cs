using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Uptrakit.Qu.Web;

/// <summary>The forms that answers have. None repeats what was asked.</summary>
internal static class Answers
{
    public static Task NotFoundAsync(HttpContext context) => TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here.\n");

    public static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }

    public static Task JsonAsync<T>(HttpContext context, JsonTypeInfo<T> type, T answer, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(answer, type));
    }

    public static Task ProblemAsync(HttpContext context, int status, string code, string message) =>
        JsonAsync(context, ApiJson.Default.ApiProblem, new(code, message), status);

    public static Task SendAsync(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
