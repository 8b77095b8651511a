using System.CommandLine;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit auth status`: tells what is, also when the Controller cannot be asked.</summary>
internal sealed class AuthStatus(CliEnvironment environment, Target target)
{
    internal async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        (string? given, int? wrong) = await TokenFlags.GivenAsync(parsed, environment, cancel);
        if (wrong is int usage)
            return usage;
        if (TokenFlags.Choose(given, target, out ApiFault? none) is not Credential credential)
        {
            environment.Terminal.Say(none!.Words);
            // A token that may not be sent says nothing about whether it works.
            AuthStatusView unasked = View(target, target.Known.Token?.Kind, target.Known.Token?.ExpiresAt, me: null);
            return Show(environment, unasked with { SignedIn = target.Known.Token is null ? false : null });
        }

        using Session session = new(new ApiClient(target, environment), environment, credential);
        ApiResult<MeView> me = await session.AskAsync(ApiRequest.Get("me"), ApiJson.Default.MeView, cancel);
        // Renewed on the way, perhaps: then the file knows more than when this run began.
        StoredToken? stored = given is null ? environment.Config!.Read(out _)?.Of(target.Name).Token ?? credential.Stored : null;
        AuthStatusView view = View(target, stored?.Kind ?? "given", stored?.ExpiresAt ?? me.Value?.ExpiresAt, me.Value);
        if (me.Fault is not ApiFault fault)
            return Show(environment, view);
        bool refused = fault.Code is ProblemCode.Unauthenticated;
        Show(environment, refused ? view with { SignedIn = false } : view);
        return fault.Tell(environment.Terminal);
    }

    internal static AuthStatusView View(Target target, string? tokenKind, DateTimeOffset? expiresAt, MeView? me) => new(
        target.Name,
        target.Trust switch { TargetTrust.StoredCa => "stored-ca", TargetTrust.Insecure => "insecure", _ => "system" },
        target.CaFingerprint,
        target.Insecure,
        me is null ? null : true,
        me?.Name,
        tokenKind,
        expiresAt,
        me?.ControllerId,
        me?.ControllerVersion);

    internal static int Show(CliEnvironment environment, AuthStatusView status) =>
        environment.Printer.Show(status, CliJson.Default.AuthStatusView, view =>
        {
            FieldPrinter fields = new(environment.Terminal);
            fields.Add("server", view.Server);
            fields.Add("verified by", view.Trust switch
            {
                "stored-ca" => $"its own authority {view.CaFingerprint}",
                "insecure" => "nothing (--insecure)",
                _ => "the roots of this machine",
            }, view.Insecure ? Tone.Bad : Tone.Plain);
            fields.Add("signed in", view.SignedIn switch { true => $"as {view.User}", false => "no", _ => "not known" });
            fields.Add("token", view.TokenKind is null ? null
                : $"{view.TokenKind}, ends {Moments.Until(environment.Clock, view.ExpiresAt)}");
            fields.Add("controller", view.ControllerId is null ? null : $"{view.ControllerId}, version {view.ControllerVersion}");
            fields.Print();
        });
}
