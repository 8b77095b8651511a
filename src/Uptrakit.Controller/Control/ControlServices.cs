using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Control;

/// <summary>The room of the control socket.</summary>
internal static class ControlServices
{
    public static void AddControl(this IServiceCollection services) => services.AddSingleton<AdminService>();

    public static void MapControl(this WebApplication app) => app.MapGrpcService<AdminService>().ThroughControlSocketOnly();
}
