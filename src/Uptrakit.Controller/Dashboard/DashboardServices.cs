using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.SignalR;
using MudBlazor;
using MudBlazor.Services;

namespace Uptrakit.Controller.Dashboard;

/// <summary>The room of the pages: its services and its routes.</summary>
internal static class DashboardServices
{
    public static void AddDashboard(this IServiceCollection services)
    {
        services.AddTransient<IStartupFilter, PageHeaders>();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "__Host-uptrakit-form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.Path = "/";
            // The policy of PageHeaders says it better.
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddRazorComponents(options => options.MaxFormMappingCollectionSize = 16).AddInteractiveServerComponents(Bound);
        services.Configure<HubOptions>(options => options.MaximumReceiveMessageSize = 64 << 10);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.PreventDuplicates = true;
            options.SnackbarConfiguration.MaxDisplayedSnackbars = 4;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
        });
        services.AddScoped<Operator>();
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapAssets();
        app.MapSessionRoutes();
        // Everything asks for a session, the circuit too: a stranger cannot make the server hold a page for them.
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization();
    }

    /// <summary>What an open page may cost.</summary>
    private static void Bound(CircuitOptions options)
    {
        options.DetailedErrors = false;
        options.DisconnectedCircuitMaxRetained = 50;
        options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        options.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(20);
        options.MaxBufferedUnacknowledgedRenderBatches = 10;
    }
}
