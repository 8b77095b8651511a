using System.Text.Json;
using System.Text.Json.Serialization;

namespace Uptrakit.Cli.Connection;

/// <summary>RFC 8628, section 3.2.</summary>
internal sealed record DeviceAnswer(
    string? DeviceCode, string? UserCode, string? VerificationUri, string? VerificationUriComplete, long ExpiresIn, int? Interval)
{
    /// <summary>Without the code that fetches the token.</summary>
    public override string ToString() => "device code";
}

/// <summary>RFC 6749, section 5.1.</summary>
internal sealed record TokenAnswer(string? AccessToken, string? RefreshToken, long? ExpiresIn)
{
    /// <summary>Without the tokens.</summary>
    public override string ToString() => "tokens";
}

/// <summary>RFC 6749, section 5.2.</summary>
internal sealed record OAuthError(string? Error, string? ErrorDescription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(OAuthError))]
internal sealed partial class OAuthJson : JsonSerializerContext;
