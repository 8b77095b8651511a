using Microsoft.AspNetCore.Components;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>After the password: a one-time code, or a recovery code.</summary>
public sealed partial class SecondFactor
{
    private string? fault;

    [SupplyParameterFromForm]
    private Input? Given { get; set; }

    [SupplyParameterFromQuery(Name = "return")]
    private string? Return { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private SignInDesk Desk { get; set; } = default!;

    private async Task WithCodeAsync() => Go(await Desk.WithCodeAsync(Given?.Code ?? "", Context.RequestAborted));

    private async Task WithRecoveryCodeAsync() => Go(await Desk.WithRecoveryCodeAsync(Given?.Recovery ?? "", Context.RequestAborted));

    private void Go(SignInRefusal refusal)
    {
        if (refusal == SignInRefusal.None)
            Context.Response.Redirect(LocalPath.Of(Return));
        else
            fault = refusal switch
            {
                SignInRefusal.UnknownUser => "The password was given too long ago. Start again.",
                SignInRefusal.LockedOut => "Too many wrong codes. Wait five minutes.",
                SignInRefusal.WrongRecoveryCode => "That is none of your recovery codes that are left.",
                _ => "That code does not fit. Each is good once: wait for the next one, and look at your phone's clock.",
            };
    }

    /// <summary>What was typed.</summary>
    internal sealed class Input
    {
        public string? Code { get; set; }

        public string? Recovery { get; set; }
    }
}
