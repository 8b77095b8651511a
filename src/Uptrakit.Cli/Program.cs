using Uptrakit.Cli.Commands;

namespace Uptrakit.Cli;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        // Scripts ask for the version at every start; nothing else is touched for it.
        if (arguments is ["--version"])
        {
            Console.Out.WriteLine($"uptrakit {VersionAction.Version}");
            return Task.FromResult((int)ExitCode.Done);
        }
        CliEnvironment environment = new(Terminal.OfProcess("uptrakit"), Environment.GetEnvironmentVariable, TimeProvider.System);
        return CliCommandLine.RunAsync(arguments, environment);
    }
}
