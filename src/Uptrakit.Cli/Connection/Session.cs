using System.Net;
using System.Text.Json.Serialization.Metadata;
using Uptrakit.Cli.Commands;
using Uptrakit.Cli.Configuration;

namespace Uptrakit.Cli.Connection;

/// <summary>Calls of the API by somebody. Renews what has expired and keeps it.</summary>
internal sealed class Session(ApiClient client, CliEnvironment environment, Credential credential) : IDisposable
{
    // A token that ends while the request travels is refused for nothing.
    private static readonly TimeSpan EndsSoon = TimeSpan.FromSeconds(30);

    private Credential credential = credential;

    public void Dispose() => client.Dispose();

    internal async Task<ApiResult<T>> AskAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        ApiResult<ApiReply> sent = await SendAsync(request, cancel);
        if (sent.Value is not ApiReply reply)
            return sent.Fault!;
        if (!reply.Succeeded)
            return reply.Fault();
        return reply.As(type) is T value
            ? value
            : new ApiFault(ExitCode.Failed, $"{client.Target.Name} answered something else than the API of a Controller",
                "see whether the address is right, and whether uptrakit and the Controller have the same version");
    }

    /// <summary>For what answers nothing that matters. Null when it was done.</summary>
    internal async Task<ApiFault?> DoAsync(ApiRequest request, CancellationToken cancel)
    {
        ApiResult<ApiReply> sent = await SendAsync(request, cancel);
        return sent.Value is ApiReply reply ? (reply.Succeeded ? null : reply.Fault()) : sent.Fault;
    }

    private async Task<ApiResult<ApiReply>> SendAsync(ApiRequest request, CancellationToken cancel)
    {
        bool renewed = false;
        if (credential.Stored is { Refresh: not null, ExpiresAt: DateTimeOffset end } && environment.Clock.GetUtcNow() + EndsSoon >= end)
        {
            if (await RenewAsync(cancel) is ApiFault fault)
                return fault;
            renewed = true;
        }

        ApiResult<ApiReply> sent = await client.SendAsync(request, credential.Text, cancel);
        // The Controller's clock, or somebody who revoked the token, may know better than the time in the file.
        if (renewed || credential.Stored?.Refresh is null || sent.Value is not { Status: HttpStatusCode.Unauthorized })
            return sent;
        return await RenewAsync(cancel) is ApiFault ended ? ended : await client.SendAsync(request, credential.Text, cancel);
    }

    private async Task<ApiFault?> RenewAsync(CancellationToken cancel)
    {
        OAuth oauth = new(client, environment.Clock, verified: !client.Target.Insecure);
        ApiResult<StoredToken> renewed = await oauth.RefreshAsync(credential.Stored!, cancel);
        if (renewed.Value is not StoredToken token)
            return renewed.Fault;

        credential = new Credential(token.Access, token);
        ConfigFault? unsaved = await environment.Config!.UpdateAsync(
            config => config.With(client.Target.Name, config.Of(client.Target.Name) with { Token = token }), cancel);
        return unsaved is null ? null : new ApiFault(ExitCode.Failed, unsaved.Words, unsaved.Hint);
    }
}
