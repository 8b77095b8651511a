using System.Net.Sockets;
using Uptrakit.CommandLine;
using Uptrakit.Hosting;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Host;

/// <summary>One run of `serve`.</summary>
internal static class ControllerHost
{
    private const UnixFileMode FolderMode = PrivateFolder.OwnerOnly;

    public static async Task<int> RunAsync(
        ServeOptions options, Terminal terminal, Func<string, string?> variable, TimeProvider clock, CancellationToken cancel)
    {
        ControlSocket.RestrictNewFiles();
        if (HeldFolder.Take(options.StateFolder, FolderMode, "uptrakit-controller", "name another folder with --state-dir",
            out IDisposable? hold, out int swept) is { } unusable)
            return terminal.Fail(ExitCode.Failed, unusable);
        using (hold)
        {
            using ILoggerFactory loggers = DaemonLogging.Create(variable("UPTRAKIT_LOG_LEVEL"), ControllerApp.QuietLogs);
            if (swept > 0)
                loggers.CreateLogger<ControllerApp>().LeftoversSwept(swept);
            if (await ControlSocket.PrepareAsync(options.Socket, "choose a shorter --state-dir", cancel) is { } noSocket)
                return terminal.Fail(ExitCode.Failed, noSocket);
            return await ServeAsync(options, terminal, loggers, clock, cancel);
        }
    }

    private static async Task<int> ServeAsync(
        ServeOptions options, Terminal terminal, ILoggerFactory loggers, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            await using ControllerApp app = ControllerApp.Build(options, loggers, clock);
            if (await app.StartAsync(cancel) is { } fault)
                return terminal.Fail(ExitCode.Failed, fault);
            bool failed = await app.RunAsync(cancel);
            return (int)(failed ? ExitCode.Failed : ExitCode.Done);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or SocketException)
        {
            return terminal.Fail(ExitCode.Failed, Words(broken, options));
        }
    }

    private static string Words(Exception broken, ServeOptions options)
    {
        if (broken.Message.Contains("http://unix:", StringComparison.Ordinal))
            return $"the control socket could not be opened: {broken.GetBaseException().Message}; choose another --state-dir";
        return broken.GetBaseException() is SocketException socket ? Words(socket, options) : broken.Message;
    }

    private static string Words(SocketException fault, ServeOptions options) => fault.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"a port is in use: stop what uses {options.Https}, or choose another with --https-addr"
            + (options.PkiListener is { } pki ? $"; or it is port {pki.Port} of --pki-addr" : ""),
        SocketError.AddressNotAvailable => $"{options.Https.Address} is not an address of this machine: choose another with --https-addr"
            + (options.PkiListener is { } pki ? $"; or {pki.Address} of --pki-addr is none: leave its port to a proxy with --pki-http external" : ""),
        SocketError.AccessDenied => "this user may not listen on a port below 1024: choose another with --https-addr or --pki-addr",
        _ => $"{options.Https} could not be opened: {fault.Message}",
    };
}
