using System.CommandLine;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;

namespace Uptrakit.Cli.Commands;

/// <summary>What the operator is known by: options, then environment, then configuration.</summary>
internal static class TokenFlags
{
    /// <summary>The token that was given for this run. Null when none was, or when it cannot be one: then with an exit code.</summary>
    internal static async Task<(string? Token, int? Exit)> GivenAsync(
        ParseResult parsed, CliEnvironment environment, CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        string? argument = parsed.GetValue<string>(GlobalFlags.Token);
        string? file = parsed.GetValue<string>(GlobalFlags.TokenFile);
        if (argument is not null && file is not null)
            return (null, terminal.Fail(ExitCode.Usage, "--token and --token-file are both given", hint: "give one of them"));

        (string from, string? text) = (GlobalFlags.Token, argument);
        if (argument == "-")
            file = argument;
        if (file is not null)
        {
            SecretText secret = await SecretText.ReadAsync(file, terminal, cancel);
            if (secret.Value is null)
            {
                return (null, terminal.Fail(ExitCode.Usage, $"{GlobalFlags.TokenFile}: {secret.Fault}",
                    hint: "give a file that holds the token and nothing else"));
            }
            (from, text) = (GlobalFlags.TokenFile, secret.Value);
        }
        else if (argument is null)
        {
            (from, text) = ("UPTRAKIT_TOKEN", environment.Variable("UPTRAKIT_TOKEN"));
        }

        return text is not null && GivenToken.FaultOf(text) is string fault
            ? (null, terminal.Fail(ExitCode.Usage, $"{from}: {fault}", hint: "make one with 'uptrakit api-tokens create <name>'"))
            : (text, null);
    }

    /// <summary>The given token, else the stored one where it may be sent. Null with the reason when there is neither.</summary>
    internal static Credential? Choose(string? given, Target target, out ApiFault? fault)
    {
        fault = null;
        if (given is not null)
            return new Credential(given, null);
        StoredToken? stored = target.Known.Token;
        // Signed in over a verified connection, one wrong flag would hand the token to whoever answers.
        if (target.Insecure && stored is { Verified: true })
        {
            fault = new ApiFault(ExitCode.Failed,
                $"the stored token of {target.Name} is not sent to a server that is not verified",
                "leave out --insecure, or give a token with --token-file or UPTRAKIT_TOKEN");
            return null;
        }
        if (stored is not null)
            return new Credential(stored.Access, stored);
        fault = new ApiFault(ExitCode.Failed, $"not signed in to {target.Name}",
            "run 'uptrakit auth login', or give an API token with --token-file or UPTRAKIT_TOKEN");
        return null;
    }
}
