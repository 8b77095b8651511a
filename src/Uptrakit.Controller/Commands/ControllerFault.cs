using System.Net.Sockets;
using Grpc.Core;
using Uptrakit.CommandLine;

namespace Uptrakit.Controller.Commands;

/// <summary>Tells why the Controller did not answer, and what to do.</summary>
internal static class ControllerFault
{
    internal static int Report(Terminal terminal, string socket, RpcException fault)
    {
        if (SocketFaultIn(fault.Status.DebugException) is { } refused)
            return Unreachable(terminal, socket, refused.SocketErrorCode);
        string detail = fault.Status.Detail;
        return fault.StatusCode switch
        {
            StatusCode.InvalidArgument => terminal.Fail(ExitCode.Usage, detail),
            StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.AlreadyExists => terminal.Fail(ExitCode.Failed, detail),
            StatusCode.Unimplemented => terminal.Fail(ExitCode.Failed, "the Controller does not know this command",
                hint: "it runs another version: restart it, then compare 'uptrakit-controller --version' with the log"),
            StatusCode.DeadlineExceeded => terminal.Fail(ExitCode.Unreachable, "the Controller did not answer in time",
                hint: "a change may still happen: look before trying again"),
            StatusCode.Cancelled => terminal.Fail(ExitCode.Failed, "interrupted", hint: "a change may still happen: look before trying again"),
            StatusCode.Unavailable => Unreachable(terminal, socket, SocketError.NotConnected),
            _ => terminal.Fail(ExitCode.Failed, $"the Controller failed: {detail}", hint: "its log says more"),
        };
    }

    private static int Unreachable(Terminal terminal, string socket, SocketError error) => error switch
    {
        SocketError.AccessDenied => terminal.Fail(ExitCode.Unreachable, $"no permission to use {socket}",
            hint: "run this as the Controller's user or as root"),
        SocketError.ConnectionRefused => terminal.Fail(ExitCode.Unreachable, $"nobody listens on {socket}",
            hint: "the Controller has stopped: start it with 'uptrakit-controller serve'"),
        _ => terminal.Fail(ExitCode.Unreachable, $"no Controller on {socket}",
            hint: "is 'uptrakit-controller serve' running, with the same --state-dir?"),
    };

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
