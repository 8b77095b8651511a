using Uptrakit.CommandLine;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Daemon;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>The command line of <c>qu</c> in this process against the socket of a real daemon: hundreds of commands cost no process each.</summary>
internal static class Operator
{
    public static async Task<Ran> RunAsync(TestNode node, CancellationToken cancel, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        CommandEnvironment environment = new(
            new Terminal("qu", TextReader.Null, output, errors, interactive: false, colour: false),
            new QuPaths(node.Folder, node.Socket),
            new LocalNode(TimeProvider.System, static _ => null),
            TimeProvider.System);
        int exit = await QuCommandLine.RunAsync(arguments, environment, cancel);
        return new Ran(exit, output.ToString(), errors.ToString());
    }
}
