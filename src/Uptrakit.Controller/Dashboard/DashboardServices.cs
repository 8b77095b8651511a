namespace Uptrakit.Controller.Dashboard;

/// <summary>The room of the pages: its services and its routes.</summary>
internal static class DashboardServices
{
    public static void AddDashboard(this IServiceCollection services) => _ = services;

    public static void MapDashboard(this WebApplication app) => _ = app;
}
