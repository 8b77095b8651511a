using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Password, one-time codes and passkeys of who is signed in. Asks for a fresh sign-in.</summary>
public sealed partial class Account
{
    private const int MostPasskeys = 20;

    private HubUser? user;
    private IList<UserPasskeyInfo> passkeys = [];
    private int codesLeft;
    private string? fault;
    private string? words;

    [SupplyParameterFromForm]
    private Input? Given { get; set; }

    [SupplyParameterFromQuery]
    private string? Done { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private HubSignInManager Sessions { get; set; } = default!;

    [Inject]
    private UserManager<HubUser> Users { get; set; } = default!;

    [Inject]
    private UserAudit Audit { get; set; } = default!;

    [Inject]
    private ILogger<Account> Logger { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        if (!await Sessions.IsFreshAsync())
        {
            Context.Response.Redirect("/sign-in?again=1&return=%2Faccount");
            return;
        }

        words = Done switch
        {
            "password" => "Your password is changed.",
            "totp-on" => "The authenticator app is on.",
            "totp-off" => "The authenticator app is off.",
            "passkey" => "The passkey is added.",
            "passkey-gone" => "The passkey is removed.",
            _ => null,
        };
        user = await Users.GetUserAsync(Context.User);
        if (user is null)
            return;
        passkeys = await Users.GetPasskeysAsync(user);
        codesLeft = user.TwoFactorEnabled ? await Users.CountRecoveryCodesAsync(user) : 0;
    }

    private async Task ChangePasswordAsync()
    {
        if (user is null)
            return;
        fault = Given?.New != Given?.Repeated ? "The two new passwords differ." : PasswordRules.Fault(Given?.New);
        if (fault is not null)
            return;
        // The present password is a guess like any other: it counts against the lockout.
        SignInResult right = await Sessions.CheckPasswordSignInAsync(user, Given!.Old ?? "", lockoutOnFailure: true);
        if (!right.Succeeded)
            fault = right.IsLockedOut ? "Too many wrong passwords. Wait five minutes." : "The present password is not that one.";
        else
            await SettleAsync(await Users.ChangePasswordAsync(user, Given.Old!, Given.New!), "user.password", "password");
    }

    private async Task BeginTotpAsync()
    {
        if (user is null || user.TwoFactorEnabled)
            return;
        // Even one that was begun before: somebody else may have seen its key.
        await Users.ResetAuthenticatorKeyAsync(user);
        await Sessions.RefreshSignInAsync(user);
        Context.Response.Redirect("/account/authenticator");
    }

    private async Task TurnOffTotpAsync()
    {
        if (user is null)
            return;
        await Users.ResetAuthenticatorKeyAsync(user);
        await SettleAsync(await Users.SetTwoFactorEnabledAsync(user, false), "user.totp-off", "totp-off");
    }

    private async Task AddPasskeyAsync()
    {
        if (user is null)
            return;
        PasskeyAttestationResult made = await Sessions.PerformPasskeyAttestationAsync(Given?.Credential ?? "");
        if (!made.Succeeded || made.UserEntity.Id != user.Id)
        {
            Logger.PasskeyNotTaken(user.UserName!, made.Failure?.Message ?? "it is another user's");
            fault = "The browser's answer could not be taken. Try again.";
        }
        else if (passkeys.Count >= MostPasskeys)
            fault = $"You have {MostPasskeys} passkeys already: remove one first.";
        else
        {
            made.Passkey.Name = Given?.PasskeyName is { Length: > 0 and <= 60 } name ? name.Trim() : "Passkey";
            await SettleAsync(await Users.AddOrUpdatePasskeyAsync(user, made.Passkey), "user.passkey-add", "passkey");
        }
    }

    private async Task DropPasskeyAsync(UserPasskeyInfo key)
    {
        if (user is not null)
            await SettleAsync(await Users.RemovePasskeyAsync(user, key.CredentialId), "user.passkey-remove", "passkey-gone");
    }

    private async Task SettleAsync(IdentityResult result, string action, string done)
    {
        if (!result.Succeeded)
        {
            fault = result.Errors.First().Description;
            return;
        }

        await Audit.WriteAsync(Context.User.Actor(), action, user!.UserName!, null, Context.RequestAborted);
        await Sessions.RefreshSignInAsync(user);
        Context.Response.Redirect($"/account?done={done}");
    }

    private static string IdOf(UserPasskeyInfo key) => Convert.ToHexStringLower(key.CredentialId.AsSpan(0, Math.Min(8, key.CredentialId.Length)));

    /// <summary>What was typed.</summary>
    internal sealed class Input
    {
        public string? Old { get; set; }

        public string? New { get; set; }

        public string? Repeated { get; set; }

        public string? Credential { get; set; }

        public string? PasskeyName { get; set; }
    }
}
