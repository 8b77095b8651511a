namespace Uptrakit.Cli.Commands;

/// <summary>Who is signed in, where, and how the Controller is verified.</summary>
/// <param name="Server">The Controller.</param>
/// <param name="Trust">system, stored-ca or insecure.</param>
/// <param name="CaFingerprint">The stored authority; null when none is stored, and when `--insecure` overrides it.</param>
/// <param name="Insecure">Whether the Controller is not verified in this run.</param>
/// <param name="SignedIn">Whether the Controller knows the token; null when it could not be asked.</param>
/// <param name="User">Who that is.</param>
/// <param name="TokenKind">device, api, or given: by option or environment; null without a token.</param>
/// <param name="ExpiresAt">When the token ends, UTC, where that is known.</param>
/// <param name="ControllerId">The Controller, a lower-case GUID; null when it could not be asked.</param>
/// <param name="ControllerVersion">Its version.</param>
internal sealed record AuthStatusView(
    string Server,
    string Trust,
    string? CaFingerprint,
    bool Insecure,
    bool? SignedIn,
    string? User,
    string? TokenKind,
    DateTimeOffset? ExpiresAt,
    string? ControllerId,
    string? ControllerVersion);

/// <summary>The authority that is stored for a Controller; nulls when it is verified by the roots of this machine.</summary>
internal sealed record CaStatusView(
    string Server,
    string? CaFingerprint,
    string? CaWords,
    string? Subject,
    DateTimeOffset? NotAfter,
    DateTimeOffset? TrustedAt);
