namespace Uptrakit.Contracts.Api;

/// <summary>Somebody who may sign in.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name to sign in with.</param>
/// <param name="CreatedAt">When the user was made, UTC.</param>
/// <param name="TwoFactor">Whether a second factor (TOTP) is demanded.</param>
/// <param name="Passkeys">How many passkeys are registered.</param>
/// <param name="Locked">Whether signing in is refused for now.</param>
public sealed record UserView(string Id, string Name, DateTimeOffset CreatedAt, bool TwoFactor, int Passkeys, bool Locked);

/// <summary>All users.</summary>
public sealed record UserList(IReadOnlyList<UserView> Items);

/// <summary>Makes a user.</summary>
/// <param name="Name">The name to sign in with.</param>
/// <param name="Password">The first password.</param>
public sealed record CreateUserRequest(string Name, string Password)
{
    /// <summary>Without the password.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}

/// <summary>A token with which programs call the API, without its secret.</summary>
public sealed record ApiTokenView(
    string Id, string Name, string Owner, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>All API tokens of the caller.</summary>
public sealed record ApiTokenList(IReadOnlyList<ApiTokenView> Items);

/// <summary>Asks for an API token.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="TtlSeconds">How long it works; null for until it is revoked.</param>
public sealed record CreateApiTokenRequest(string Name, long? TtlSeconds = null);

/// <summary>A new API token, with its secret: shown once.</summary>
/// <param name="Token">"upk_" and base64url.</param>
/// <param name="View">The rest.</param>
public sealed record CreatedApiToken(string Token, ApiTokenView View)
{
    /// <summary>Without the secret.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => View.Id;
}

/// <summary>Who calls, and whom.</summary>
/// <param name="Name">The user.</param>
/// <param name="SignedInWith">session, api-token or device.</param>
/// <param name="ControllerId">The Controller, a lower-case GUID.</param>
/// <param name="ControllerVersion">Its version.</param>
/// <param name="ExpiresAt">When the token ends, UTC, or null.</param>
public sealed record MeView(
    string Name, string SignedInWith, string ControllerId, string ControllerVersion, DateTimeOffset? ExpiresAt);
