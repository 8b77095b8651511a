using Microsoft.AspNetCore.Components;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Dashboard.Parts;
using Uptrakit.Controller.Users;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Who may sign in.</summary>
public sealed partial class UsersPage
{
    private IReadOnlyList<UserView> users = [];
    private UserView? chosen;
    private Confirm? remove;
    private string? fault;
    private string? me;
    private string name = "";
    private string password = "";

    [Inject]
    private IServiceScopeFactory Scopes { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        me = (await Who.WhoAsync()).UserId();
        await AskAsync(static _ => Task.FromResult<UserOutcome?>(null));
    }

    private Task CreateAsync() => AskAsync(async desk => await desk.CreateAsync(name.Trim(), password, await Who.ActorAsync(), CancellationToken.None));

    private void Choose(UserView user)
    {
        chosen = user;
        remove!.Open();
    }

    private Task RemoveAsync() => AskAsync(async desk => await desk.DeleteAsync(chosen!.Id, await Who.ActorAsync(), CancellationToken.None));

    /// <summary>A scope for each piece of work: the one of an open page would remember users as they once were.</summary>
    private async Task AskAsync(Func<UserDesk, Task<UserOutcome?>> work)
    {
        await using AsyncServiceScope scope = Scopes.CreateAsyncScope();
        UserDesk desk = scope.ServiceProvider.GetRequiredService<UserDesk>();
        UserOutcome? outcome = await work(desk);
        fault = outcome is { User: null } ? outcome.Fault : null;
        if (outcome?.User is not null)
            (name, password) = ("", "");
        users = await desk.ListAsync(CancellationToken.None);
    }
}
