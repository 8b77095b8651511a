using Microsoft.AspNetCore.Components;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Name and password, or a passkey.</summary>
public sealed partial class SignIn
{
    private string? fault;
    private bool again;

    [SupplyParameterFromForm]
    private Input? Given { get; set; }

    [SupplyParameterFromQuery(Name = "return")]
    private string? Return { get; set; }

    [SupplyParameterFromQuery]
    private string? Again { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private SignInDesk Desk { get; set; } = default!;

    [Inject]
    private UserDesk Users { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        again = Again is not null && Context.User.Identity?.IsAuthenticated == true;
        if (HttpMethods.IsGet(Context.Request.Method) && !await Users.AnyAsync(Context.RequestAborted))
            Context.Response.Redirect("/setup");
        else if (HttpMethods.IsGet(Context.Request.Method) && !again && Context.User.Identity?.IsAuthenticated == true)
            Context.Response.Redirect(LocalPath.Of(Return));
    }

    private async Task WithPasswordAsync() =>
        Go(await Desk.WithPasswordAsync(Given?.Name?.Trim() ?? "", Given?.Password ?? "", Context.RequestAborted));

    private async Task WithPasskeyAsync() =>
        Go(await Desk.WithPasskeyAsync(Given?.Credential ?? "", Context.RequestAborted));

    private void Go(SignInRefusal refusal)
    {
        if (refusal == SignInRefusal.None)
            Context.Response.Redirect(LocalPath.Of(Return));
        else if (refusal == SignInRefusal.SecondFactor)
            Context.Response.Redirect($"/sign-in/code?return={Uri.EscapeDataString(LocalPath.Of(Return))}");
        // The same words whether the name or the password is wrong, or the user is locked out: else they would tell which names there are.
        else
            fault = refusal == SignInRefusal.WrongPasskey
                ? "That passkey is not known here, or its question had ended. Try again, or use your password."
                : "That did not fit. After five wrong passwords a user has to wait five minutes.";
    }

    /// <summary>What was typed.</summary>
    internal sealed class Input
    {
        public string? Name { get; set; }

        public string? Password { get; set; }

        public string? Credential { get; set; }
    }
}
