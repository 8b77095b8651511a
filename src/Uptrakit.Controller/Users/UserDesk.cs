using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Controller.Users;

/// <summary>Makes and removes users, for the API, the pages and the control socket alike.</summary>
internal sealed class UserDesk(
    UserManager<HubUser> users, IOpenIddictTokenManager tokens, UserAudit audit, TimeProvider clock)
{
    public Task<bool> AnyAsync(CancellationToken cancel) => users.Users.AnyAsync(cancel);

    public async Task<UserOutcome> CreateAsync(string name, string password, string actor, CancellationToken cancel)
    {
        if (NameFault(name) is { } badName)
            return UserOutcome.Refuse(ProblemCode.Invalid, badName);
        if (PasswordRules.Fault(password) is { } badPassword)
            return UserOutcome.Refuse(ProblemCode.Invalid, badPassword);
        HubUser user = new() { UserName = name, CreatedAt = clock.GetUtcNow(), LockoutEnabled = true };
        IdentityResult made = await users.CreateAsync(user, password);
        if (!made.Succeeded)
            return Refusal(made, name);
        await audit.WriteAsync(actor, "user.create", name, null, cancel);
        return UserOutcome.Of(user);
    }

    public async Task<UserOutcome> DeleteAsync(string id, string actor, CancellationToken cancel)
    {
        if (await users.FindByIdAsync(id) is not { } user)
            return UserOutcome.Refuse(ProblemCode.NotFound, "There is no such user.");
        if (await users.Users.CountAsync(cancel) == 1)
            return UserOutcome.Refuse(ProblemCode.Conflict, "This is the last user: make another one first.");
        IdentityResult removed = await users.DeleteAsync(user);
        if (!removed.Succeeded)
            return Refusal(removed, user.UserName ?? id);
        await tokens.RevokeBySubjectAsync(id, cancel);
        await audit.WriteAsync(actor, "user.delete", user.UserName ?? id, null, cancel);
        return UserOutcome.Of(user);
    }

    public async Task<IReadOnlyList<UserView>> ListAsync(CancellationToken cancel)
    {
        List<UserView> views = [];
        foreach (HubUser user in await users.Users.AsNoTracking().OrderBy(user => user.UserName).ToListAsync(cancel))
            views.Add(await ViewAsync(user));
        return views;
    }

    public async Task<UserView> ViewAsync(HubUser user) => new(
        user.Id, user.UserName ?? user.Id, user.CreatedAt, user.TwoFactorEnabled,
        (await users.GetPasskeysAsync(user)).Count, user.LockoutEnd > clock.GetUtcNow());

    public static string? NameFault(string name) => name.Length is 0 or > HubUser.LongestName || name.Any(static letter => !IsAllowed(letter))
        ? $"A user's name has 1 to {HubUser.LongestName} letters or digits, or any of - . _ @ +"
        : null;

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '@' or '+';

    private static UserOutcome Refusal(IdentityResult result, string name)
    {
        IdentityError fault = result.Errors.First();
        return fault.Code switch
        {
            nameof(IdentityErrorDescriber.DuplicateUserName) =>
                UserOutcome.Refuse(ProblemCode.NameTaken, $"There is a user named {name} already."),
            nameof(IdentityErrorDescriber.ConcurrencyFailure) =>
                UserOutcome.Refuse(ProblemCode.Conflict, "The user has been changed in the meantime."),
            _ => UserOutcome.Refuse(ProblemCode.Invalid, fault.Description),
        };
    }
}

/// <summary>A user, or why not.</summary>
internal sealed record UserOutcome(HubUser? User, string Code, string Fault)
{
    public static UserOutcome Of(HubUser user) => new(user, "", "");

    public static UserOutcome Refuse(string code, string fault) => new(null, code, fault);
}
