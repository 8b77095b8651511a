using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.CommandLine.Completion;
using Uptrakit.Services.Explaining;
using Uptrakit.Services.Options;

namespace Uptrakit.Services;

/// <summary>The command line of an executable that is a Service: without a command, it runs.</summary>
public static class ServiceCommandLine
{
    /// <summary>Runs the executable.</summary>
    /// <param name="profile">Which Service it is.</param>
    /// <param name="arguments">The command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(ServiceProfile profile, string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(arguments);
        Terminal terminal = Terminal.OfProcess(profile.Program);
        // Scripts ask for the version at every start; nothing else is touched for it.
        if (arguments is ["--version"])
        {
            terminal.WriteLine($"{profile.Program} {VersionAction.Version}");
            return Task.FromResult((int)ExitCode.Done);
        }

        return RunAsync(profile, arguments, new ServiceEnvironment { Terminal = terminal }, CancellationToken.None);
    }

    internal static async Task<int> RunAsync(
        ServiceProfile profile, string[] arguments, ServiceEnvironment environment, CancellationToken cancel)
    {
        Terminal terminal = environment.Terminal;
        if (TofuReplacements.IsAskedFor(arguments, environment.Variable))
            return TofuReplacements.Report(terminal);
        return await CommandRun.RunAsync(
            Build(profile, environment), arguments, terminal, parsed => terminal.Json = parsed.GetValue<bool>(ExplainCommand.Json), cancel);
    }

    private static Verb Build(ServiceProfile profile, ServiceEnvironment environment)
    {
        string program = profile.Program;
        Verb root = RootVerb.Of(environment.Terminal, profile.Description,
            $"{program} --enrollment-token-file /run/secrets/token",
            $"{program} --url https://controller.example.org:8443 --tofu-fingerprint=<sha256> --enrollment-token-file -",
            $"{program} --url https://uptrakit.example.org --trust-public-roots --enrollment-token-file /run/secrets/token",
            $"{program} trust explain");
        SettingFlags flags = new();
        flags.AddTo(root);
        root.Add(new Option<bool>(ExplainCommand.Json) { Description = "print data as JSON", Recursive = true });
        root.Add(ExplainCommand.Declare(profile, environment));
        root.Add(CompletionCommand.Declare(environment.Terminal, () => Build(profile, environment)));
        return root.Does((parsed, cancel) => new ServiceRun(profile, environment).RunAsync(setting => flags.Given(parsed, setting), cancel));
    }
}
