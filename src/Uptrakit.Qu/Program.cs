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
        // ILocalNode node = new Daemon.LocalNode();
        ILocalNode node = new UnwiredNode();
        CommandEnvironment environment = new(Terminal.OfProcess(), QuPaths.OfProcess(), node, TimeProvider.System);
        return CommandLine.RunAsync(arguments, environment);
    }

    private sealed class UnwiredNode : ILocalNode
    {
        public Task<int> InitAsync(InitOptions options, Terminal terminal, CancellationToken cancel) =>
            Task.FromResult(terminal.Fail(ExitCode.Failed, "not wired"));

        public Task<int> JoinAsync(JoinOptions options, Terminal terminal, CancellationToken cancel) =>
            Task.FromResult(terminal.Fail(ExitCode.Failed, "not wired"));

        public Task<int> ServeAsync(CancellationToken cancel)
        {
            Console.Error.WriteLine("qu: not wired");
            return Task.FromResult((int)ExitCode.Failed);
        }
    }
}
