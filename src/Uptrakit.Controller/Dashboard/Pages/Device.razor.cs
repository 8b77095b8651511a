using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>The page of RFC 8628, 3.3: what asks, and with which code.</summary>
public sealed partial class Device
{
    private string? fault;
    private string? userCode;
    private string? client;

    [SupplyParameterFromForm]
    private string? Typed { get; set; }

    [SupplyParameterFromQuery]
    private string? Outcome { get; set; }

    [SupplyParameterFromQuery(Name = "user_code")]
    private string? UserCodeGiven { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private HubSignInManager Sessions { get; set; } = default!;

    [Inject]
    private IOpenIddictApplicationManager Clients { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        userCode = UserCode.Normal(UserCodeGiven);
        if (Outcome == "unknown" || (UserCodeGiven is not null && userCode is null))
            fault = "There is no such code, or its ten minutes are over. Look at the device again.";
        if (Outcome is not null || userCode is null || HttpMethods.IsPost(Context.Request.Method))
            return;
        // Before the code is looked up: whoever finds an open screen is to learn nothing and let nothing in.
        if (!await Sessions.IsFreshAsync())
            Context.Response.Redirect($"/sign-in?again=1&return={Uri.EscapeDataString($"{DeviceLogin.Page}?user_code={userCode}")}");
        else if (await AskingAsync() is { } name)
            client = name;
        else
            fault = "There is no such code, or its ten minutes are over. Look at the device again.";
    }

    private void Enter()
    {
        if (UserCode.Normal(Typed) is { } typed)
            Context.Response.Redirect($"{DeviceLogin.Page}?user_code={typed}");
        else
            fault = $"A code has {UserCode.Length} letters, like BCDF-GHJK.";
    }

    private async Task<string?> AskingAsync()
    {
        AuthenticateResult asked = await Context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (asked.Principal?.GetClaim(OpenIddictConstants.Claims.ClientId) is not { Length: > 0 } id)
            return null;
        return await Clients.FindByClientIdAsync(id, Context.RequestAborted) is { } known
            ? await Clients.GetLocalizedDisplayNameAsync(known, Context.RequestAborted) ?? id
            : null;
    }
}
