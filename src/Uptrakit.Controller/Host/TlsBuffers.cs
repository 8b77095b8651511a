using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Uptrakit.Controller.Host;

/// <summary>Has OpenSSL give back the two buffers of a connection whenever they are empty.</summary>
/// <remarks>
/// They are 33 KB for each connection, the largest part of what an idle Service costs. OpenSSL has a mode for that
/// (SSL_MODE_RELEASE_BUFFERS in SSL_CTX_set_mode(3)), but SslStream neither sets it nor lets anybody set it, so its handle is
/// taken from the field that holds it. Where that is not found, as it may be with another runtime, the buffers stay and
/// nothing else changes.
/// </remarks>
internal static unsafe class TlsBuffers
{
    private const int SetMode = 33; // SSL_CTRL_MODE
    private const nint ReleaseBuffers = 0x10;
    private const string Handle = "SafeSslHandle";

    private static readonly FieldInfo? Context = typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic);

    // long SSL_ctrl(SSL *, int, long, void *); null where it is not found. Looked up at the first connection: OpenSSL is loaded then.
    private static readonly delegate* unmanaged<nint, int, nint, nint, nint> Control = FindControl();

    /// <summary>Kestrel middleware; comes after TLS, when the handshake is over and nothing is read or written yet.</summary>
    public static ConnectionDelegate Middleware(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<ISslStreamFeature>() is { SslStream: { } stream })
            TryRelease(stream);
        return next(connection);
    };

    /// <summary>Whether the buffers of this connection will be given back. Not while something is read or written.</summary>
    public static bool TryRelease(SslStream stream)
    {
        if (Control == null || Context?.GetValue(stream) is not SafeHandle { IsInvalid: false } handle || handle.GetType().Name != Handle)
            return false;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return (Control(handle.DangerousGetHandle(), SetMode, ReleaseBuffers, 0) & ReleaseBuffers) != 0;
        }
        catch (ObjectDisposedException)
        {
            return false; // the connection has just ended
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }
    }

    /// <summary>Of the library that the runtime has loaded: the handle of one version means nothing to another.</summary>
    private static delegate* unmanaged<nint, int, nint, nint, nint> FindControl()
    {
        string[] loaded = [.. File.ReadLines("/proc/self/maps")
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(static path => Path.GetFileName(path).StartsWith("libssl.so", StringComparison.Ordinal))
            .Distinct()];
        return loaded is [{ } only] && NativeLibrary.TryLoad(only, out nint library) && NativeLibrary.TryGetExport(library, "SSL_ctrl", out nint entry)
            ? (delegate* unmanaged<nint, int, nint, nint, nint>)entry
            : null;
    }
}
