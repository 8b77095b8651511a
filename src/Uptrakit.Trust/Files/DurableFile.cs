using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Uptrakit.Trust.Files;

/// <summary>Files that are either the old ones or the new ones, whole, after a crash, a full disk or a loss of power.</summary>
/// <remarks>
/// For files that one process owns. A temporary sibling that a crash left behind is named
/// <c>.&lt;name&gt;.&lt;16 hex digits&gt;.tmp</c>.
/// </remarks>
public static class DurableFile
{
    /// <summary>0600: nobody but the owner reads or writes. For secrets ("mode 0600", quorum-security, Hardening checklist).</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string LeftoverSuffix = ".tmp";
    private const int MarkLength = 16;

    private static readonly SearchValues<char> MarkDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Replaces or creates a file: temporary sibling, fsync, rename, fsync of the folder.</summary>
    /// <param name="path">The file. A symbolic link there is replaced, not followed.</param>
    /// <param name="content">All of the new content.</param>
    /// <param name="mode">
    /// Mode of the new file. It is in force from creation, so no other user can open it in between; the umask of the process
    /// may tighten it.
    /// </param>
    /// <remarks>
    /// When it returns, the new content survives a loss of power. When it throws before the rename, the old file is untouched
    /// and the temporary sibling is removed; when only the last fsync fails, the new content is in place, perhaps not durably.
    /// </remarks>
    /// <exception cref="IOException">The disk is full, the folder is missing, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => Write(path, content, Stream.Null, mode);

    /// <summary>The same for content that need not fit into memory.</summary>
    /// <param name="path">The file. A symbolic link there is replaced, not followed.</param>
    /// <param name="content">All of the new content, up to its end.</param>
    /// <param name="mode">Mode of the new file, from its creation.</param>
    /// <exception cref="IOException">The content cannot be read, the disk is full, the folder is missing, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, Stream content, UnixFileMode mode)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, [], content, mode);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, Stream more, UnixFileMode mode)
    {
        string full = Path.GetFullPath(path);
        string folder = FolderOf(full);
        string temporary = Path.Combine(folder, TemporaryName(Path.GetFileName(full)));
        try
        {
            WriteNew(temporary, content, more, mode);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            RemoveQuietly(temporary);
            throw;
        }

        FsyncFolder(folder);
    }

    /// <summary>Removes a file so that it stays removed after a loss of power. A file that is not there is no error.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Delete(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
            return;

        File.Delete(full);
        FsyncFolder(FolderOf(full));
    }

    /// <summary>Removes temporary siblings that a crash left in a folder (not in folders below it).</summary>
    /// <param name="folder">The folder. Sweep before anything of this process writes there.</param>
    /// <returns>How many were removed; zero when the folder does not exist. More than zero deserves a warning.</returns>
    /// <exception cref="IOException">The device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static int SweepLeftovers(string folder)
    {
        if (!Directory.Exists(folder))
            return 0;

        int removed = 0;
        foreach (string path in Directory.GetFiles(folder))
        {
            if (!IsLeftover(Path.GetFileName(path)))
                continue;
            File.Delete(path);
            removed++;
        }

        if (removed > 0)
            FsyncFolder(folder);
        return removed;
    }

    /// <summary>Makes the names in a folder durable: what was created, renamed or removed survives a loss of power.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The folder is missing, or the device failed.</exception>
    public static void FsyncFolder(string folder)
    {
        using SafeFileHandle handle = LibC.Open(folder, LibC.ReadOnly);
        if (handle.IsInvalid || LibC.Sync(handle) != 0)
            throw new IOException($"{folder} could not be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> content, Stream more, UnixFileMode mode)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            UnixCreateMode = mode,
        };
        using FileStream file = new(path, options);
        file.Write(content);
        more.CopyTo(file);
        file.Flush(flushToDisk: true);
    }

    private static void RemoveQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; the sweep at the next start removes what is left.
        }
    }

    private static string FolderOf(string fullPath) =>
        Path.GetDirectoryName(fullPath) ?? throw new IOException($"{fullPath} is not a file");

    private static string TemporaryName(string name) =>
        $".{name}.{RandomNumberGenerator.GetHexString(MarkLength, lowercase: true)}{LeftoverSuffix}";

    private static bool IsLeftover(ReadOnlySpan<char> name)
    {
        if (name.Length < MarkLength + LeftoverSuffix.Length + 3 || name[0] != '.' || !name.EndsWith(LeftoverSuffix))
            return false;

        ReadOnlySpan<char> marked = name[..^LeftoverSuffix.Length];
        return marked[^(MarkLength + 1)] == '.' && !marked[^MarkLength..].ContainsAnyExcept(MarkDigits);
    }
}
