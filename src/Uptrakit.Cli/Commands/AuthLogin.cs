using System.CommandLine;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Trust;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit auth login`: first whom to trust, then who one is.</summary>
internal sealed class AuthLogin(CliEnvironment environment, Target target)
{
    private Terminal Terminal => environment.Terminal;

    internal async Task<int> RunAsync(ParseResult parsed, Tofu? tofu, CancellationToken cancel)
    {
        if (tofu is not null && CaWork.InsecureFault(Terminal, target) is int fault)
            return fault;
        (string? given, int? wrong) = await TokenFlags.GivenAsync(parsed, environment, cancel);
        if (wrong is int usage)
            return usage;

        Target trusted = target;
        if (tofu is not null)
        {
            (int? refused, StoredCa? ca) = await new CaTrust(environment, target).ForLoginAsync(tofu, cancel);
            if (refused is int exit)
                return exit;
            trusted = target with { Known = target.Known with { Ca = ca } };
        }
        return await SignInAsync(trusted, given, cancel);
    }

    private async Task<int> SignInAsync(Target trusted, string? given, CancellationToken cancel)
    {
        StoredToken token;
        if (given is not null)
        {
            token = new StoredToken(StoredToken.Api, given, null, null, Verified: !trusted.Insecure);
        }
        else
        {
            using ApiClient client = new(trusted, environment);
            ApiResult<StoredToken> login = await new DeviceLogin(environment, client).RunAsync(cancel);
            if (login.Value is null)
                return login.Fault!.Tell(Terminal);
            token = login.Value;
        }

        // Nothing is kept that the Controller does not know.
        using Session session = new(new ApiClient(trusted, environment), environment,
            new Credential(token.Access, null));
        ApiResult<MeView> me = await session.AskAsync(ApiRequest.Get("me"), ApiJson.Default.MeView, cancel);
        if (me.Value is not MeView view)
            return me.Fault!.Tell(Terminal);
        return await KeepAsync(trusted, token with { ExpiresAt = token.ExpiresAt ?? view.ExpiresAt }, view, cancel);
    }

    private async Task<int> KeepAsync(Target trusted, StoredToken token, MeView me, CancellationToken cancel)
    {
        ConfigFault? unsaved = await environment.Config!.UpdateAsync(config => (config with { DefaultServer = trusted.Name })
            .With(trusted.Name, config.Of(trusted.Name) with { Token = token }), cancel);
        if (unsaved is not null)
            return Terminal.Fail(ExitCode.Failed, unsaved.Words, unsaved.Hint);
        return AuthStatus.Show(environment, AuthStatus.View(trusted, token.Kind, token.ExpiresAt, me));
    }
}
