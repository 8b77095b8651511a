using Microsoft.AspNetCore.Identity;

namespace Uptrakit.Controller.Users;

/// <summary>Why somebody was not signed in; pages say less than this.</summary>
internal enum SignInRefusal
{
    None = 0,
    SecondFactor,
    UnknownUser,
    WrongPassword,
    WrongCode,
    WrongRecoveryCode,
    WrongPasskey,
    LockedOut,
}

/// <summary>Signs people in to the Dashboard, and writes down each attempt.</summary>
internal sealed class SignInDesk(
    HubSignInManager sessions, UserManager<HubUser> users, IPasswordHasher<HubUser> hasher, IHttpContextAccessor context,
    UserAudit audit, ILogger<SignInDesk> logger)
{
    // What an unknown name is compared with, so that it takes the time of a known one.
    private static readonly HubUser Nobody = new();
    private static string? nobodysHash;

    public async Task<SignInRefusal> WithPasswordAsync(string name, string password, CancellationToken cancel)
    {
        if (name.Length > HubUser.LongestName || password.Length > PasswordRules.Longest || await users.FindByNameAsync(name) is not { } user)
        {
            nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
            _ = hasher.VerifyHashedPassword(Nobody, nobodysHash, password.Length > PasswordRules.Longest ? "" : password);
            // The name is not written down: people type a password there.
            return await RefuseAsync(null, SignInRefusal.UnknownUser, cancel);
        }

        SignInResult result = await sessions.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: true);
        if (result.RequiresTwoFactor)
            return SignInRefusal.SecondFactor;
        return await SettleAsync(user, result, SignInRefusal.WrongPassword, "password", cancel);
    }

    public async Task<SignInRefusal> WithCodeAsync(string code, CancellationToken cancel)
    {
        if (await sessions.GetTwoFactorAuthenticationUserAsync() is not { } user)
            return SignInRefusal.UnknownUser;
        string digits = string.Concat(code.Where(char.IsAsciiDigit));
        SignInResult result = await sessions.TwoFactorAuthenticatorSignInAsync(digits, isPersistent: false, rememberClient: false);
        return await SettleAsync(user, result, SignInRefusal.WrongCode, "password and one-time code", cancel);
    }

    public async Task<SignInRefusal> WithRecoveryCodeAsync(string code, CancellationToken cancel)
    {
        if (await sessions.GetTwoFactorAuthenticationUserAsync() is not { } user)
            return SignInRefusal.UnknownUser;
        SignInResult result = await sessions.TwoFactorRecoveryCodeSignInAsync(code);
        return await SettleAsync(user, result, SignInRefusal.WrongRecoveryCode, "password and recovery code", cancel);
    }

    public async Task<SignInRefusal> WithPasskeyAsync(string credential, CancellationToken cancel)
    {
        PasskeyAssertionResult<HubUser> proof = await sessions.PerformPasskeyAssertionAsync(credential);
        if (!proof.Succeeded)
            return await RefuseAsync(null, SignInRefusal.WrongPasskey, cancel);
        if (await users.IsLockedOutAsync(proof.User))
            return await RefuseAsync(proof.User, SignInRefusal.LockedOut, cancel);
        // The counter of the authenticator is stored: a copy of it that lags behind is refused next time.
        if (!(await users.AddOrUpdatePasskeyAsync(proof.User, proof.Passkey)).Succeeded)
            return await RefuseAsync(proof.User, SignInRefusal.WrongPasskey, cancel);
        await sessions.SignInAsync(proof.User, isPersistent: false, "passkey");
        return await SettleAsync(proof.User, SignInResult.Success, SignInRefusal.WrongPasskey, "passkey", cancel);
    }

    private async Task<SignInRefusal> SettleAsync(
        HubUser user, SignInResult result, SignInRefusal otherwise, string means, CancellationToken cancel)
    {
        if (!result.Succeeded)
            return await RefuseAsync(user, result.IsLockedOut ? SignInRefusal.LockedOut : otherwise, cancel);
        await audit.WriteAsync($"user:{user.UserName}", "session.begin", user.UserName!, $"{means}, from {Address}", cancel);
        return SignInRefusal.None;
    }

    private async Task<SignInRefusal> RefuseAsync(HubUser? user, SignInRefusal reason, CancellationToken cancel)
    {
        logger.SignInRefused(Address, reason);
        await audit.WriteAsync("anonymous", "session.refuse", user?.UserName ?? "unknown", $"{reason}, from {Address}", cancel);
        return reason;
    }

    private System.Net.IPAddress? Address => context.HttpContext?.Connection.RemoteIpAddress;
}
