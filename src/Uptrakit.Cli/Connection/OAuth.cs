using Uptrakit.Cli.Configuration;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Connection;

/// <summary>The Controller's token endpoints (RFC 6749, 7009, 8628), as the public client `uptrakit-cli`.</summary>
internal sealed class OAuth(ApiClient client, TimeProvider clock, bool verified)
{
    private const string ClientId = "uptrakit-cli";
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

    internal async Task<ApiResult<DeviceAnswer>> DeviceAsync(CancellationToken cancel)
    {
        ApiResult<ApiReply> sent = await client.SendAsync(ApiRequest.Form("/connect/device",
            ("client_id", ClientId), ("scope", "offline_access")), null, cancel);
        if (sent.Value is not ApiReply reply)
            return sent.Fault!;
        if (!reply.Succeeded)
            return FaultOf(reply);
        return reply.As(OAuthJson.Default.DeviceAnswer) is { DeviceCode: not null, UserCode: not null, VerificationUri: not null } device
            ? device
            : new ApiFault(ExitCode.Failed, "the Controller began no login in the browser");
    }

    /// <summary>One question; <see cref="ApiFault.Code"/> has the error of RFC 8628, section 3.5.</summary>
    internal Task<ApiResult<StoredToken>> PollAsync(string deviceCode, CancellationToken cancel) =>
        TokenAsync(cancel, ("grant_type", DeviceGrant), ("device_code", deviceCode), ("client_id", ClientId));

    internal async Task<ApiResult<StoredToken>> RefreshAsync(StoredToken old, CancellationToken cancel)
    {
        ApiResult<StoredToken> renewed = await TokenAsync(
            cancel, ("grant_type", "refresh_token"), ("refresh_token", old.Refresh!), ("client_id", ClientId));
        if (renewed.Fault is { Code: "invalid_grant" })
        {
            return new ApiFault(ExitCode.Failed, "the login has ended", "sign in again with 'uptrakit auth login'",
                ProblemCode.Unauthenticated);
        }
        // A server that does not rotate them sends no new one, and the old one goes on (RFC 6749, section 6).
        return renewed.Value is StoredToken token ? token with { Refresh = token.Refresh ?? old.Refresh } : renewed;
    }

    internal async Task<ApiFault?> RevokeAsync(string token, string kind, CancellationToken cancel)
    {
        ApiResult<ApiReply> sent = await client.SendAsync(ApiRequest.Form("/connect/revoke",
            ("token", token), ("token_type_hint", kind), ("client_id", ClientId)), null, cancel);
        return sent.Value is ApiReply reply ? (reply.Succeeded ? null : FaultOf(reply)) : sent.Fault;
    }

    private async Task<ApiResult<StoredToken>> TokenAsync(CancellationToken cancel, params (string Name, string Value)[] fields)
    {
        ApiResult<ApiReply> sent = await client.SendAsync(ApiRequest.Form("/connect/token", fields), null, cancel);
        if (sent.Value is not ApiReply reply)
            return sent.Fault!;
        if (!reply.Succeeded)
            return FaultOf(reply);
        TokenAnswer? answer = reply.As(OAuthJson.Default.TokenAnswer);
        if (answer?.AccessToken is not string access || GivenToken.FaultOf(access) is not null)
            return new ApiFault(ExitCode.Failed, "the Controller gave no token that can be used");
        DateTimeOffset? expires = answer.ExpiresIn is long seconds and > 0 and < int.MaxValue
            ? clock.GetUtcNow() + TimeSpan.FromSeconds(seconds)
            : null;
        return new StoredToken(StoredToken.Device, access, answer.RefreshToken, expires, verified);
    }

    private static ApiFault FaultOf(ApiReply reply) =>
        reply.As(OAuthJson.Default.OAuthError) is { Error: string code } error
            ? new ApiFault(ExitCode.Failed, error.ErrorDescription ?? $"the Controller refused: {code}", Code: code)
            : reply.Fault();
}
