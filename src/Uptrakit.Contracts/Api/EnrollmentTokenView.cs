namespace Uptrakit.Contracts.Api;

/// <summary>A token with which Services enroll, without its secret.</summary>
/// <param name="Id">The public part, "s-" and 16 hex digits.</param>
/// <param name="Name">What the operator calls it; may be empty.</param>
/// <param name="Capabilities">What Services that enroll with it may do.</param>
/// <param name="Uses">How many Services may enroll with it.</param>
/// <param name="UsesLeft">How many still may.</param>
/// <param name="State">open, used, expired or revoked.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">When it ends, UTC.</param>
/// <param name="RevokedAt">When it was revoked, UTC, or null.</param>
public sealed record EnrollmentTokenView(
    string Id,
    string Name,
    IReadOnlyList<string> Capabilities,
    int Uses,
    int UsesLeft,
    string State,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);

/// <summary>All tokens.</summary>
public sealed record EnrollmentTokenList(IReadOnlyList<EnrollmentTokenView> Items);

/// <summary>Asks for a token.</summary>
/// <param name="Name">What the operator calls it; null for none.</param>
/// <param name="Capabilities">What Services may do; null for the default (agent).</param>
/// <param name="Uses">1 to 1000; null for 1.</param>
/// <param name="TtlSeconds">60 to 604800 (168 h); null for 3600.</param>
/// <param name="Pin">Whether it carries the fingerprint of the root; null for yes.</param>
/// <param name="Addresses">host:port of the Controller, none to four; null for the address that the Controller knows for itself.</param>
public sealed record CreateEnrollmentTokenRequest(
    string? Name = null,
    IReadOnlyList<string>? Capabilities = null,
    int? Uses = null,
    long? TtlSeconds = null,
    bool? Pin = null,
    IReadOnlyList<string>? Addresses = null);

/// <summary>A new token, with its secret: shown once.</summary>
/// <param name="Token">The text, secret included.</param>
/// <param name="View">The rest.</param>
public sealed record CreatedEnrollmentToken(string Token, EnrollmentTokenView View)
{
    /// <summary>Without the secret, for logs that catch one by mistake.</summary>
    /// <returns>The public part.</returns>
    public override string ToString() => View.Id;
}
