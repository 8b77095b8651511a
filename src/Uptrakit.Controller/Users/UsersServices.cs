namespace Uptrakit.Controller.Users;

/// <summary>The room of those who sign in: its services and its routes.</summary>
internal static class UsersServices
{
    public static void AddUsers(this IServiceCollection services)
    {
        services.AddAuthentication();
        services.AddAuthorization();
    }

    public static void MapUsers(this WebApplication app) => _ = app;
}
