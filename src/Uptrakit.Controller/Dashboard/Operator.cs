using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard;

/// <summary>Who sits before this page, as the audit log names them.</summary>
internal sealed class Operator(AuthenticationStateProvider session)
{
    /// <exception cref="InvalidOperationException">The session has ended while the page was open.</exception>
    public async Task<ClaimsPrincipal> WhoAsync()
    {
        ClaimsPrincipal user = (await session.GetAuthenticationStateAsync()).User;
        return user.Identity?.IsAuthenticated == true ? user : throw new InvalidOperationException("the session has ended");
    }

    public async Task<string> ActorAsync() => (await WhoAsync()).Actor();
}
