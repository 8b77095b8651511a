using Uptrakit.Controller.Inventory;

namespace Uptrakit.Controller.Gateway;

/// <summary>The room that Services call.</summary>
internal static class GatewayServices
{
    // A signing request with a 4096-bit key and the facts of a host are a tenth of it.
    private const int LargestMessage = 64 << 10;

    public static void AddGateway(this IServiceCollection services)
    {
        services.AddSingleton<LiveServices>();
        services.AddSingleton<IServiceLinks>(static services => services.GetRequiredService<LiveServices>());
        services.AddSingleton<Pulse>();
        services.AddHostedService(static services => services.GetRequiredService<Pulse>());
        services.AddSingleton<EnrollmentDesk>();
        services.AddSingleton<EnrollmentLimit>();
        services.AddSingleton<RenewalLimit>();
        services.AddSingleton<EnrollmentService>();
        services.AddSingleton<GatewayService>();
        services.AddHostedService<GatewayWarmth>();
        services.AddGrpc(static options =>
        {
            options.MaxReceiveMessageSize = LargestMessage;
            options.EnableDetailedErrors = false;
            options.IgnoreUnknownServices = false;
        });
    }

    public static void MapGateway(this WebApplication app)
    {
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            .Register(() => app.Services.GetRequiredService<LiveServices>().StopAll());
        app.MapGrpcService<EnrollmentService>().AllowAnonymous();
        app.MapGrpcService<GatewayService>().ForServicesOnly();
    }
}
