using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard;

/// <summary>Ends the session of an open page when its user is gone, is changed, or has sat there for too long.</summary>
/// <remarks>A cookie is checked with each request, but an open page makes none.</remarks>
internal sealed class SessionWatch(ILoggerFactory loggers, IServiceScopeFactory scopes, TimeProvider clock)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private readonly DateTimeOffset began = clock.GetUtcNow();

    protected override TimeSpan RevalidationInterval => UsersServices.StampChecked;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - began > UsersServices.SessionLifetime)
            return false;
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        HubSignInManager sessions = scope.ServiceProvider.GetRequiredService<HubSignInManager>();
        return await sessions.ValidateSecurityStampAsync(authenticationState.User) is not null;
    }
}
