namespace Uptrakit.Controller.Api;

/// <summary>The room of what programs ask over HTTPS.</summary>
internal static class ApiServices
{
    public static void AddApi(this IServiceCollection services) => services.AddSingleton<OcspDesk>();

    public static void MapApi(this WebApplication app)
    {
        app.MapGet("/healthz", static () => Results.Text("ok\n")).AllowAnonymous();
        app.MapPki();
    }
}
