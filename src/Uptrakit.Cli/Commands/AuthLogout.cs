using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit auth logout`.</summary>
internal sealed class AuthLogout(CliEnvironment environment, Target target)
{
    internal async Task<int> RunAsync(CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        if (target.Known.Token is not StoredToken token)
        {
            terminal.Say($"not signed in to {target.Name}");
            return (int)ExitCode.Done;
        }

        // Forgotten first, whatever the Controller says: somebody who leaves wants it gone from here.
        ConfigFault? unsaved = await environment.Config!.UpdateAsync(
            config => config.With(target.Name, config.Of(target.Name) with { Token = null }), cancel);
        if (unsaved is not null)
            return terminal.Fail(ExitCode.Failed, unsaved.Words, unsaved.Hint);
        terminal.Say($"forgot what this machine was signed in to {target.Name} with");
        return await RevokeAsync(token, cancel);
    }

    private async Task<int> RevokeAsync(StoredToken token, CancellationToken cancel)
    {
        if (token.Kind is StoredToken.Api)
        {
            environment.Terminal.Say("the API token works on elsewhere: 'uptrakit api-tokens revoke' or the Dashboard ends it");
            return (int)ExitCode.Done;
        }
        if (target.Insecure && token.Verified)
        {
            return environment.Terminal.Fail(ExitCode.Failed,
                $"the token was not revoked: it is not sent to a server that is not verified",
                hint: "it ends by itself; the Dashboard ends it now");
        }

        using ApiClient client = new(target, environment);
        OAuth oauth = new(client, environment.Clock, verified: !target.Insecure);
        ApiFault? fault = token.Refresh is string refresh ? await oauth.RevokeAsync(refresh, "refresh_token", cancel) : null;
        fault ??= await oauth.RevokeAsync(token.Access, "access_token", cancel);
        return fault is null
            ? (int)ExitCode.Done
            : (fault with { Words = $"the token was not revoked: {fault.Words}", Hint = "it ends by itself; the Dashboard ends it now" })
                .Tell(environment.Terminal);
    }
}
