namespace Uptrakit.Controller.Settings;

internal static class SettingsServices
{
    public static void AddSettings(this IServiceCollection services)
    {
        services.AddSingleton<ControllerIdentity>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<HubSettings>();
        services.AddSingleton<CertificateSettings>();
    }
}
