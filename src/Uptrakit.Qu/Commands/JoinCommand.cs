using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu enroll join`: on the new machine, with no daemon.</summary>
internal static class JoinCommand
{
    internal static Verb Declare(CommandEnvironment environment)
    {
        Argument<string?> token = new("token")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "the token; '-' reads it from standard input, where no other user can see it",
        };
        Option<string?> file = Flags.Text("--token-file", "file", "read the token from this file");
        NodeFlags node = new();
        Option<bool> yes = Flags.Yes();
        Verb verb = new("join", "Join a cluster from this machine",
            "qu enroll join qut1_... --advertise bravo.example.org:9901",
            "qu enroll join --token-file /run/secrets/token --advertise bravo.example.org:9901 -y");
        verb.Add(token);
        verb.Add(file);
        node.AddTo(verb);
        verb.Add(yes);
        return verb.Does((parsed, cancel) => RunAsync(
            environment, parsed.GetValue(token), parsed.Given(file), node.Read(parsed), parsed.GetValue(yes), cancel));
    }

    internal static async Task<int> RunAsync(
        CommandEnvironment environment, string? token, string? file, InitOptions node, bool yes, CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        if ((token is null) == (file is null))
            return terminal.Fail(ExitCode.Usage, token is null ? "missing <token>" : "<token> and --token-file are both given",
                hint: "pass the token, '-' to read it from standard input, or --token-file with a file that holds it");

        if (file is not null || token == "-")
        {
            SecretText secret = await SecretText.ReadAsync(file ?? "-", terminal, cancel);
            if (secret.Fault is not null)
                return terminal.Fail(ExitCode.Usage, $"{(file is null ? "<token>" : "--token-file")}: {secret.Fault}");
            token = secret.Value;
        }
        return await environment.Node.JoinAsync(new JoinOptions(LastWord(token!), node, yes), terminal, cancel);
    }

    // What is kept in a file is often the whole line that 'qu enroll create' printed.
    private static string LastWord(string line) => line.Trim().Split(' ')[^1];
}
