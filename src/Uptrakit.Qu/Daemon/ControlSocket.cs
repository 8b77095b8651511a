using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Files;

namespace Uptrakit.Qu.Daemon;

/// <summary>Marks a connection whose other end is the daemon's own user or root.</summary>
internal sealed record ControlCaller(uint User);

/// <summary>The unix socket that commands come in by: 0600 from its first moment, in a folder that is ours, and each caller's user is checked.</summary>
internal static partial class ControlSocket
{
    private const int SolSocket = 1;
    private const int PeerCredentials = 17;

    /// <summary>All files of this process are its user's alone, the socket too: it is never reachable before it is restricted.</summary>
    public static void RestrictNewFiles() => _ = Umask(0x3F); // 0077

    /// <summary>Makes way for the socket. The answer is what is wrong, or null.</summary>
    public static async Task<string?> PrepareAsync(string path, CancellationToken cancel)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            if (!Directory.Exists(folder))
                PrivateFolder.Create(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {fault.Message} Name another place with QUPTIME_SOCKET";
        }

        if (PrivateFolder.Fault(folder) is { } unsafeFolder)
            return unsafeFolder;
        if (!File.Exists(path))
            return null;
        if (await AnswersAsync(path, cancel).ConfigureAwait(false))
            return $"a daemon answers at {path} already";
        File.Delete(path);
        return null;
    }

    /// <summary>After the bind: 0600, without the execute bit that the process mask leaves.</summary>
    public static void Restrict(string path) => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Kestrel middleware: only this daemon's user and root get through.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> OnlyOwner(ILogger logger) => next => connection =>
    {
        uint? user = UserOf(connection);
        if (user is null || (user != 0 && user != PrivateFolder.CurrentUser))
        {
            logger.CallerRefused(user);
            connection.Abort();
            return Task.CompletedTask;
        }

        connection.Features.Set(new ControlCaller(user.Value));
        return next(connection);
    };

    private static uint? UserOf(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return null;
        Span<byte> credentials = stackalloc byte[12]; // pid, uid, gid
        try
        {
            int length = socket.GetRawSocketOption(SolSocket, PeerCredentials, credentials);
            return length == credentials.Length ? MemoryMarshal.Read<uint>(credentials[4..]) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancel)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
