using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Parts;

/// <summary>Makes recovery codes and shows them over the circuit, once.</summary>
public sealed partial class NewRecoveryCodes
{
    private const int HowMany = 10;

    private string[]? codes;

    [Inject]
    private IServiceScopeFactory Scopes { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    [Inject]
    private UserAudit Audit { get; set; } = default!;

    private async Task MakeAsync()
    {
        await using AsyncServiceScope scope = Scopes.CreateAsyncScope();
        UserManager<HubUser> users = scope.ServiceProvider.GetRequiredService<UserManager<HubUser>>();
        if (await users.GetUserAsync(await Who.WhoAsync()) is not { TwoFactorEnabled: true } user)
            return;
        codes = [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, HowMany) ?? []];
        await Audit.WriteAsync($"user:{user.UserName}", "user.recovery-codes", user.UserName!, null, CancellationToken.None);
    }
}
