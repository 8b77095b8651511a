using Uptrakit.Qu.Commands;

namespace Uptrakit.Qu;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        // Scripts ask for the version at every start; nothing else is touched for it.
        if (arguments is ["--version"])
        {
            Console.Out.WriteLine($"qu {VersionAction.Version}");
            return Task.FromResult((int)ExitCode.Done);
        }
        ILocalNode node = new Daemon.LocalNode(TimeProvider.System, Environment.GetEnvironmentVariable);
        CommandEnvironment environment = new(Terminal.OfProcess("qu"), QuPaths.OfProcess(), node, TimeProvider.System);
        return QuCommandLine.RunAsync(arguments, environment);
    }
}
