using Microsoft.AspNetCore.Components;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>The first user, against the code of the first start.</summary>
public sealed partial class SetUp
{
    private string? fault;
    private bool done;

    [SupplyParameterFromForm]
    private Input? Given { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private UserDesk Users { get; set; } = default!;

    [Inject]
    private SignInDesk Desk { get; set; } = default!;

    [Inject]
    private SetupCode Code { get; set; } = default!;

    protected override async Task OnInitializedAsync() => done = await Users.AnyAsync(Context.RequestAborted);

    private async Task CreateAsync()
    {
        if (done)
            return;
        // Nothing else is looked at without the code: what is wrong with a name or a password is not for strangers.
        if (!Code.Fits(Given?.Code))
        {
            fault = "That is not the code of this start, or its hour is over.";
            return;
        }

        fault = Given!.Password != Given.Repeated ? "The two passwords differ." : await FirstAsync(Given);
        if (fault is null)
            Context.Response.Redirect(LocalPath.Home);
    }

    private async Task<string?> FirstAsync(Input given)
    {
        if (PasswordRules.Fault(given.Password) is { } weak)
            return weak;
        if (UserDesk.NameFault(given.Name?.Trim() ?? "") is { } badName)
            return badName;
        if (!Code.TryRedeem(given.Code))
            return "That code has just been used.";
        UserOutcome made = await Users.CreateAsync(given.Name!.Trim(), given.Password!, "set-up", Context.RequestAborted);
        if (made.User is null)
            return made.Fault + " The code is used up: restart the Controller for another one.";
        await Desk.WithPasswordAsync(given.Name.Trim(), given.Password!, Context.RequestAborted);
        return null;
    }

    /// <summary>What was typed.</summary>
    internal sealed class Input
    {
        public string? Code { get; set; }

        public string? Name { get; set; }

        public string? Password { get; set; }

        public string? Repeated { get; set; }
    }
}
