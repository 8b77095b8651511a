using System.CommandLine;
using Uptrakit.Cli.Trust;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit auth login | status | logout | ca`.</summary>
internal static class AuthCommands
{
    private const string Example = "e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4";

    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(Login(environment));
        group.Add(new Verb("status", "Show who is signed in, and how the Controller is verified",
            "uptrakit auth status", "uptrakit auth status -o json")
            .About(environment, (target, parsed, cancel) => new AuthStatus(environment, target).RunAsync(parsed, cancel)));
        group.Add(new Verb("logout", "Revoke and forget what this machine is signed in with; its authority stays trusted",
            "uptrakit auth logout")
            .About(environment, (target, _, cancel) => new AuthLogout(environment, target).RunAsync(cancel)));
        Verb ca = new("ca", "The authority of a Controller that is not known to this machine's roots", "uptrakit auth ca status");
        FillCa(ca, environment);
        group.Add(ca);
    }

    private static Verb Login(CliEnvironment environment)
    {
        Option<string?> tofu = Tofu.Option("trust the Controller's own authority: asks for its fingerprint, or has it after '='");
        Verb verb = new("login", "Sign in: in the browser, or with --token-file",
            "uptrakit auth login", "uptrakit auth login --tofu", $"uptrakit auth login --tofu={Example}",
            "uptrakit auth login --server https://uptrakit.example.org:8443 --token-file ci.token");
        verb.Add(tofu);
        return verb.About(environment, (target, parsed, cancel) =>
            new AuthLogin(environment, target).RunAsync(parsed, Tofu.Read(parsed, tofu), cancel));
    }

    private static void FillCa(Verb ca, CliEnvironment environment)
    {
        Option<string?> tofu = Tofu.Option("the fingerprint of the authority, after '='; asked for without");
        Verb trust = new("trust", "Trust the Controller's own authority, or the new one after it was replaced",
            "uptrakit auth ca trust", $"uptrakit auth ca trust --tofu={Example}");
        trust.Add(tofu);
        ca.Add(trust.About(environment, (target, parsed, cancel) =>
            new CaWork(environment, target).TrustAsync(Tofu.Read(parsed, tofu) ?? Tofu.Ask, cancel)));
        ca.Add(new Verb("status", "Show the fingerprint of the authority that is stored", "uptrakit auth ca status")
            .About(environment, (target, _, _) => Task.FromResult(new CaWork(environment, target).Status())));
        ca.Add(new Verb("forget", "Verify the Controller by the roots of this machine again", "uptrakit auth ca forget")
            .About(environment, (target, _, cancel) => new CaWork(environment, target).ForgetAsync(cancel)));
    }
}
