using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Api;

/// <summary>The room of what programs ask over HTTPS.</summary>
internal static class ApiServices
{
    public static void AddApi(this IServiceCollection services) => services.AddSingleton<OcspDesk>();

    /// <summary>Whatever went wrong inside, a program outside gets a problem, and only the log the cause.</summary>
    public static void UseApiProblems(this WebApplication app)
    {
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), static api =>
        {
            api.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandler = static context => Problems.Of(StatusCodes.Status500InternalServerError, ProblemCode.Failed,
                    "The Controller failed; its log says more.").ExecuteAsync(context),
            });
            api.UseStatusCodePages(static status => status.HttpContext.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => Problems.NotFound("There is no such thing.").ExecuteAsync(status.HttpContext),
                StatusCodes.Status429TooManyRequests => Problems.Of(StatusCodes.Status429TooManyRequests, ProblemCode.TooMany,
                    "Too many requests from this address: try again in a minute.").ExecuteAsync(status.HttpContext),
                StatusCodes.Status400BadRequest => Problems.Invalid("The request cannot be read.").ExecuteAsync(status.HttpContext),
                _ => Task.CompletedTask,
            });
        });
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapGet("/healthz", static () => Results.Text("ok\n")).AllowAnonymous();
        app.MapPki();
        RouteGroupBuilder api = app.MapGroup("/api/v1").RequireApiCaller();
        api.MapServices();
        api.MapEnrollmentTokens();
        api.MapSettings();
    }
}
