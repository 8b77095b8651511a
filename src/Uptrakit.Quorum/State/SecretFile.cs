using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.State;

/// <summary>A file with one secret in it, that nobody else on this machine may read.</summary>
internal static partial class SecretFile
{
    internal const int Limit = 64 * 1024;

    // O_RDONLY | O_CLOEXEC | O_NONBLOCK: without the last one, opening a pipe waits until somebody writes into it.
    private const int OpenFlags = 0x80000 | 0x800;
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH: the handle itself
    private const uint BasicStats = 0x7ff; // STATX_BASIC_STATS

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of the file without the line break at its end, or a sentence that names the file and the way out.</summary>
    internal static bool TryRead(string path, out string text, out string fault)
    {
        text = "";
        using SafeFileHandle file = Open(path, OpenFlags);
        if (file.IsInvalid)
            return Refuse($"the secret's file {path} cannot be opened ({Marshal.GetLastPInvokeErrorMessage()})", out fault);
        // The handle is judged, not the path: what is read is what was judged.
        if (Stat(file, "", EmptyPath, BasicStats, out FileStatus status) != 0)
            return Refuse($"the secret's file {path} cannot be looked at ({Marshal.GetLastPInvokeErrorMessage()})", out fault);
        if ((status.Mode & 0xf000) != 0x8000) // S_IFMT, S_IFREG
            return Refuse($"the secret's file {path} is not a plain file", out fault);
        uint me = PrivateFolder.CurrentUser;
        if (status.Owner != me)
            return Refuse($"the secret's file {path} belongs to user {status.Owner}, not to the daemon's, which is {me}: give it the file with chown", out fault);
        if (((UnixFileMode)(status.Mode & 0xfff) & Others) != 0)
            return Refuse($"the secret's file {path} can be used by other users: take that away with chmod 600", out fault);

        return TryRead(file, path, out text, out fault);
    }

    private static bool TryRead(SafeFileHandle file, string path, out string text, out string fault)
    {
        text = "";
        fault = "";
        byte[] bytes = new byte[Limit + 1];
        try
        {
            int read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var more)
                read += more;
            if (read > Limit)
                return Refuse($"the secret's file {path} is larger than {Limit / 1024} KiB", out fault);

            string whole = s_strict.GetString(bytes, 0, read);
            text = whole.EndsWith("\r\n", StringComparison.Ordinal) ? whole[..^2] : whole.EndsWith('\n') ? whole[..^1] : whole;
            return text.Length > 0 || Refuse($"the secret's file {path} is empty", out fault);
        }
        catch (IOException broken)
        {
            return Refuse($"the secret's file {path} cannot be read ({broken.Message})", out fault);
        }
        catch (DecoderFallbackException)
        {
            return Refuse($"the secret's file {path} is not text in UTF-8", out fault);
        }
        finally
        {
            Array.Clear(bytes);
        }
    }

    private static bool Refuse(string why, out string fault)
    {
        fault = why;
        return false;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(SafeFileHandle file, string path, int flags, uint mask, out FileStatus status);

    /// <summary>struct statx of linux/stat.h, laid out the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        internal uint Owner;

        [FieldOffset(28)]
        internal ushort Mode;
    }
}
