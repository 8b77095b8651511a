using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Parts;

/// <summary>The key that was made for an authenticator app, until the app is in use.</summary>
public sealed partial class TotpKey
{
    private string? key;
    private string? uri;

    [Inject]
    private IServiceScopeFactory Scopes { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    [Inject]
    private NavigationManager Places { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        await using AsyncServiceScope scope = Scopes.CreateAsyncScope();
        UserManager<HubUser> users = scope.ServiceProvider.GetRequiredService<UserManager<HubUser>>();
        // Once it is in use, nobody is shown the key again, whatever page they have open.
        if (await users.GetUserAsync(await Who.WhoAsync()) is not { TwoFactorEnabled: false } user
            || await users.GetAuthenticatorKeyAsync(user) is not { } secret)
            return;
        string label = Uri.EscapeDataString($"Uptrakit {new Uri(Places.BaseUri).Host}:{user.UserName}");
        uri = $"otpauth://totp/{label}?secret={secret}&issuer=Uptrakit&digits=6&period=30";
        key = string.Join(' ', secret.Chunk(4).Select(static four => new string(four)));
    }
}
