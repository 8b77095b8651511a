using Microsoft.AspNetCore.Identity;

namespace Uptrakit.Controller.Users;

/// <summary>Length is all that is asked of a password: at least 12 characters, at most 256, whatever they are.</summary>
internal sealed class PasswordRules : IPasswordValidator<HubUser>
{
    public const int Shortest = 12;

    /// <summary>Hashing takes time that grows with the length; more is no password.</summary>
    public const int Longest = 256;

    public static string? Fault(string? password) => password?.Length switch
    {
        null or < Shortest => $"A password has at least {Shortest} characters.",
        > Longest => $"A password has at most {Longest} characters.",
        _ => null,
    };

    public Task<IdentityResult> ValidateAsync(UserManager<HubUser> manager, HubUser user, string? password) =>
        Task.FromResult(Fault(password) is { } fault
            ? IdentityResult.Failed(new IdentityError { Code = "PasswordLength", Description = fault })
            : IdentityResult.Success);
}
