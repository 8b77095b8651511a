using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Identity;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Control;
using Uptrakit.Controller.Users.Wire;

namespace Uptrakit.Controller.Users;

/// <summary>Users and API tokens for commands on the host: set-up without a browser. Who gets here is the Controller's own user or root.</summary>
internal sealed class UserAdminService(UserDesk desk, UserManager<HubUser> users, ApiTokens tokens) : UserAdmin.UserAdminBase
{
    public override async Task<UserText> CreateUser(NewUser request, ServerCallContext context)
    {
        UserOutcome made = await desk.CreateAsync(request.Name, request.Password, AdminService.ActorOf(context), context.CancellationToken);
        return made.User is null
            ? throw AdminService.Refusal(made.Code, made.Fault)
            : new UserText { Json = JsonSerializer.Serialize(await desk.ViewAsync(made.User), ApiJson.Default.UserView) };
    }

    public override async Task<UserText> CreateApiToken(NewApiToken request, ServerCallContext context)
    {
        long? ttl = request.TtlSeconds > 0 ? request.TtlSeconds : null;
        if (ApiTokens.Fault(request.Name, ttl) is { } fault)
            throw AdminService.Refusal(ProblemCode.Invalid, fault);
        CreatedApiToken? created = await tokens.CreateAsync(
            await OwnerAsync(request.User), request.Name, ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            AdminService.ActorOf(context), context.CancellationToken);
        return created is null
            ? throw AdminService.Refusal(ProblemCode.Conflict, $"there are {ApiTokens.MostPerUser} API tokens of that user already: revoke some")
            : new UserText { Json = JsonSerializer.Serialize(created, ApiJson.Default.CreatedApiToken) };
    }

    private async Task<ApiTokens.Owner> OwnerAsync(string name)
    {
        if (name.Length == 0)
            return ApiTokens.Owner.Host;
        return await users.FindByNameAsync(name) is { } user
            ? ApiTokens.Owner.Of(user)
            : throw AdminService.Refusal(ProblemCode.NotFound, $"there is no user named {name}");
    }
}
