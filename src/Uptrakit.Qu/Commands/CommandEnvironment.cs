using Grpc.Core;

namespace Uptrakit.Qu.Commands;

/// <summary>What commands work with; tests hand in their own.</summary>
internal sealed record CommandEnvironment(Terminal Terminal, QuPaths Paths, ILocalNode Node, TimeProvider Clock)
{
    /// <summary>Runs work against the daemon; one that does not answer becomes words and an exit code.</summary>
    internal async Task<int> AskAsync(Func<DaemonClient, Task<int>> work)
    {
        if (DaemonClient.Open(Paths.Socket) is not DaemonClient opened)
            return Terminal.Fail(ExitCode.Usage, $"the path of the control socket is too long: {Paths.Socket}",
                hint: "set QUPTIME_SOCKET to a path of at most 107 bytes, as the daemon has it");

        using DaemonClient daemon = opened;
        try
        {
            return await work(daemon);
        }
        catch (RpcException fault)
        {
            return DaemonFault.Report(Terminal, Paths.Socket, fault);
        }
    }
}
