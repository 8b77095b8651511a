using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Inventory;

internal static class InventoryServices
{
    public static void AddInventory(this IServiceCollection services)
    {
        services.AddSingleton<FleetCensus>();
        services.AddSingleton<IFleetCensus>(static services => services.GetRequiredService<FleetCensus>());
        services.AddSingleton<EnrollmentTokens>();
        services.AddSingleton<ServiceRegistry>();
        services.AddSingleton<ReportBook>();
        services.AddHostedService(static services => services.GetRequiredService<ReportBook>());
    }
}
