using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Turns the second factor on, once the app has shown that it knows the key.</summary>
public sealed partial class Authenticator
{
    private string? userId;
    private string? fault;

    [SupplyParameterFromForm]
    private string? Code { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private HubSignInManager Sessions { get; set; } = default!;

    [Inject]
    private UserManager<HubUser> Users { get; set; } = default!;

    [Inject]
    private UserAudit Audit { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        if (!await Sessions.IsFreshAsync())
            Context.Response.Redirect("/sign-in?again=1&return=%2Faccount");
        else if (await Users.GetUserAsync(Context.User) is { TwoFactorEnabled: false } user && await Users.GetAuthenticatorKeyAsync(user) is not null)
            userId = user.Id;
        else
            Context.Response.Redirect("/account");
    }

    private async Task VerifyAsync()
    {
        if (userId is null || await Users.FindByIdAsync(userId) is not { } user)
            return;
        string digits = string.Concat((Code ?? "").Where(char.IsAsciiDigit));
        if (!await Users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, digits))
        {
            fault = "That code does not fit. Wait for the next one, and look at your phone's clock.";
            return;
        }

        await Users.SetTwoFactorEnabledAsync(user, true);
        await Audit.WriteAsync(Context.User.Actor(), "user.totp-on", user.UserName!, null, Context.RequestAborted);
        await Sessions.RefreshSignInAsync(user);
        Context.Response.Redirect("/account/recovery-codes");
    }
}
