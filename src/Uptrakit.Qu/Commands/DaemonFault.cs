using System.Net.Sockets;
using Grpc.Core;

namespace Uptrakit.Qu.Commands;

/// <summary>Tells why the daemon did not answer, and what to do.</summary>
internal static class DaemonFault
{
    internal static int Report(Terminal terminal, string socket, RpcException fault)
    {
        if (SocketFaultIn(fault.Status.DebugException) is SocketException refused)
            return Unreachable(terminal, socket, refused.SocketErrorCode);

        string detail = fault.Status.Detail;
        return fault.StatusCode switch
        {
            StatusCode.PermissionDenied or StatusCode.Unauthenticated => NotAllowed(terminal, socket),
            StatusCode.DeadlineExceeded => terminal.Fail(ExitCode.Unreachable, "the daemon did not answer in time",
                hint: "a change may still happen: look with 'qu status' before trying again"),
            // The daemon was reached: what it lacks is a leader, or a majority.
            StatusCode.Unavailable or StatusCode.FailedPrecondition => terminal.Fail(ExitCode.Unreachable, detail,
                hint: "'qu status' shows which nodes are live and how many are needed"),
            StatusCode.Unimplemented => terminal.Fail(ExitCode.Failed, "the daemon does not know this command",
                hint: "it runs another version: restart it, then compare 'qu --version' with the log"),
            StatusCode.InvalidArgument => terminal.Fail(ExitCode.Usage, detail),
            StatusCode.Cancelled => terminal.Fail(ExitCode.Failed, "interrupted",
                hint: "a change may still happen: look with 'qu status'"),
            _ => terminal.Fail(ExitCode.Failed, $"the daemon failed: {detail}", hint: "its log says more"),
        };
    }

    private static int Unreachable(Terminal terminal, string socket, SocketError error) => error switch
    {
        SocketError.AccessDenied => NotAllowed(terminal, socket),
        SocketError.ConnectionRefused => terminal.Fail(ExitCode.Unreachable, $"nobody listens on {socket}",
            hint: "the daemon has stopped: start it with 'qu serve' or 'systemctl start quptime'"),
        _ => terminal.Fail(ExitCode.Unreachable, $"no daemon on {socket}",
            hint: "is 'qu serve' running, as this user? QUPTIME_SOCKET names another socket"),
    };

    private static int NotAllowed(Terminal terminal, string socket) => terminal.Fail(
        ExitCode.Unreachable, $"no permission to use {socket}",
        hint: "run this as the daemon's user or as root, for example: sudo -u quptime qu status");

    private static SocketException? SocketFaultIn(Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException found)
                return found;
        }
        return null;
    }
}
