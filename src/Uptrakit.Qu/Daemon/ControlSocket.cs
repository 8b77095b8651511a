using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
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
    // sun_path of Linux holds 108 bytes with the final zero.
    private const int LongestPath = 107;

    private const int SolSocket = 1;
    private const int PeerCredentials = 17;

    /// <summary>All files of this process are its user's alone, the socket too: it is never reachable before it is restricted.</summary>
    public static void RestrictNewFiles() => _ = Umask(0x3F); // 0077

    /// <summary>Makes way for the socket. The answer is what is wrong, or null.</summary>
    public static async Task<string?> PrepareAsync(string path, CancellationToken cancel)
    {
        if (Encoding.UTF8.GetByteCount(path) is 0 or > LongestPath)
            return $"{path} is too long for a socket: name a path of at most {LongestPath} bytes with QUPTIME_SOCKET";
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        try
        {
            if (!Directory.Exists(folder))
                PrivateFolder.Create(folder, PrivateFolder.OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {fault.Message} Name another place with QUPTIME_SOCKET";
        }

        if (PrivateFolder.Fault(folder) is { } unsafeFolder)
            return unsafeFolder;
        try
        {
            return await MakeWayAsync(path, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {fault.Message} Name another place with QUPTIME_SOCKET";
        }
    }

    /// <summary>Only a socket that nobody listens on is removed: whatever else has that name is somebody's.</summary>
    private static async Task<string?> MakeWayAsync(string path, CancellationToken cancel)
    {
        FileInfo there = new(path);
        if (Directory.Exists(path) || (there.Exists && there.Length > 0))
            return $"{path} is not a socket: move it away, or name another place with QUPTIME_SOCKET";
        if (!there.Exists)
            return null;
        if (await IsTakenAsync(path, cancel).ConfigureAwait(false))
            return $"a daemon answers at {path} already";
        File.Delete(path);
        return null;
    }

    /// <summary>After the bind: 0600, without the execute bit that the process mask leaves.</summary>
    public static void Restrict(string path) => File.SetUnixFileMode(path, DurableFile.OwnerOnly);

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

    /// <summary>Only a refusal says that nobody listens; a daemon with a full queue, or of another user, says something else.</summary>
    private static async Task<bool> IsTakenAsync(string path, CancellationToken cancel)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return true;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
