using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.CommandLine.Completion;

namespace Uptrakit.Controller.Commands;

/// <summary>All commands of `uptrakit-controller`.</summary>
internal static class ControllerCommandLine
{
    private const string Json = "--json";

    internal static Task<int> RunAsync(string[] arguments, CommandEnvironment environment, CancellationToken cancel = default)
    {
        Terminal terminal = environment.Terminal;
        return CommandRun.RunAsync(Build(environment), arguments, terminal,
            parsed => terminal.Json = parsed.GetValue<bool>(Json), cancel);
    }

    internal static Verb Build(CommandEnvironment environment)
    {
        Verb root = RootVerb.Of(environment.Terminal, "The hub of Uptrakit: its certificate authority, its Services, its API and Dashboard",
            "uptrakit-controller serve --https-addr 127.0.0.1:8443",
            "uptrakit-controller admin ca fingerprint",
            "uptrakit-controller admin create-enrollment-token --name web-1");
        StateFolder folder = new(environment);
        root.Add(new Option<bool>(Json) { Description = "print data as JSON", Recursive = true });
        root.Add(folder.Option);
        root.Add(ServeCommand.Declare(environment, folder));
        root.Add(AdminCommands.Declare(environment, folder));
        root.Add(CompletionCommand.Declare(environment.Terminal, () => Build(environment)));
        return root;
    }
}
