using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Uptrakit.Trust.Files;

namespace Uptrakit.Hosting;

/// <summary>Marks a connection whose other end is the daemon's own user or root.</summary>
public sealed record ControlCaller(uint User);

/// <summary>The unix socket that commands come in by: 0600 from its first moment, in a folder that is ours, and each caller's user is checked.</summary>
public static partial class ControlSocket
{
    // sun_path of Linux holds 108 bytes with the final zero.
    private const int LongestPath = 107;

    private const int SolSocket = 1;
    private const int PeerCredentials = 17;

    /// <summary>All files of this process are its user's alone, the socket too: it is never reachable before it is restricted.</summary>
    public static void RestrictNewFiles() => _ = Umask(0x3F); // 0077

    /// <summary>Makes way for the socket. The answer is what is wrong, or null.</summary>
    /// <param name="path">Where the socket is to be.</param>
    /// <param name="remedy">How the operator names another place, without the final full stop.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<string?> PrepareAsync(string path, string remedy, CancellationToken cancel)
    {
        if (!CanBe(path))
            return $"{path} is too long for a socket: a path has at most {LongestPath} bytes; {remedy}";
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        try
        {
            if (!Directory.Exists(folder))
                PrivateFolder.Create(folder, PrivateFolder.OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {fault.Message.TrimEnd('.')}; {remedy}";
        }

        if (PrivateFolder.Fault(folder) is { } unsafeFolder)
            return unsafeFolder;
        try
        {
            return await MakeWayAsync(path, remedy, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {fault.Message.TrimEnd('.')}; {remedy}";
        }
    }

    /// <summary>Only a socket that nobody listens on is removed: whatever else has that name is somebody's.</summary>
    private static async Task<string?> MakeWayAsync(string path, string remedy, CancellationToken cancel)
    {
        FileInfo there = new(path);
        if (Directory.Exists(path) || (there.Exists && there.Length > 0))
            return $"{path} is not a socket: move it away, or {remedy}";
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
    /// <param name="refused">Told the user of each caller that did not; null where the kernel does not say.</param>
    public static Func<ConnectionDelegate, ConnectionDelegate> OnlyOwner(Action<uint?> refused) => next => connection =>
    {
        uint? user = UserOf(connection);
        if (user is null || (user != 0 && user != PrivateFolder.CurrentUser))
        {
            refused(user);
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

    /// <summary>The client's side: a connection to the socket.</summary>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether a socket can have such a path.</summary>
    public static bool CanBe(string path) => Encoding.UTF8.GetByteCount(path) is > 0 and <= LongestPath;

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
