using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Parts;

/// <summary>The caller's API tokens. A new one comes over the circuit and is in no page.</summary>
public sealed partial class ApiTokensPart
{
    private IReadOnlyList<ApiTokenView> tokens = [];
    private CreatedApiToken? created;
    private string? fault;
    private string name = "";
    private int days = 90;

    [Inject]
    private ApiTokens Tokens { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => tokens = await Tokens.ListAsync((await Who.WhoAsync()).UserId(), CancellationToken.None);

    private async Task CreateAsync()
    {
        long? seconds = days > 0 ? days * 86_400L : null;
        fault = ApiTokens.Fault(name, seconds);
        if (fault is not null)
            return;
        ClaimsPrincipal caller = await Who.WhoAsync();
        created = await Tokens.CreateAsync(
            new ApiTokens.Owner(caller.UserId(), caller.Identity!.Name!), name,
            seconds is { } ttl ? TimeSpan.FromSeconds(ttl) : null, caller.Actor(), CancellationToken.None);
        if (created is null)
            fault = $"You have {ApiTokens.MostPerUser} API tokens already: revoke some.";
        name = "";
        await LoadAsync();
    }

    private async Task RevokeAsync(ApiTokenView token)
    {
        ClaimsPrincipal caller = await Who.WhoAsync();
        await Tokens.RevokeAsync(caller.UserId(), token.Id, caller.Actor(), CancellationToken.None);
        await LoadAsync();
    }
}
