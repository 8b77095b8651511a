using System.Runtime.InteropServices;

namespace Uptrakit.Trust.Files;

/// <summary>Folders that hold keys, state or a control socket: nobody but their owner may change what is in them.</summary>
public static class PrivateFolder
{
    /// <summary>0700: nobody but the owner gets in. For folders with secrets ("mode 0750" or tighter, quorum-security, Hardening checklist).</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The effective user id of this process.</summary>
    public static uint CurrentUser => LibC.EffectiveUser();

    /// <summary>Creates a folder, and the ones above it that are missing, and makes it durable.</summary>
    /// <param name="path">The folder. One that exists already stays as it is: ask <see cref="Fault"/> about it.</param>
    /// <param name="mode">Mode of what is created, in force from creation; the umask of the process may tighten it.</param>
    /// <exception cref="IOException">A file has that name, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above it may not be written.</exception>
    public static void Create(string path, UnixFileMode mode)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(full))
            return;

        string? parent = Path.GetDirectoryName(full);
        if (parent is not null)
            Create(parent, mode);
        Directory.CreateDirectory(full, mode);
        if (parent is not null)
            DurableFile.FsyncFolder(parent);
    }

    /// <summary>Says what makes a folder unfit for secrets.</summary>
    /// <param name="path">The folder. A symbolic link is followed: the folder itself is judged.</param>
    /// <returns>
    /// Null when it is fit; else a sentence for the operator with the path and what to do: it is missing, not a folder, owned
    /// by someone who is neither this process's user nor root, writable by group or others, or not writable by this process.
    /// </returns>
    public static string? Fault(string path)
    {
        if (LibC.Stat(LibC.CurrentFolder, path, 0, LibC.BasicStats, out LibC.FileStatus status) != 0)
            return Unreachable(path);
        if (!status.IsFolder)
            return $"{path} is not a folder: move that file away, or choose another folder";

        uint me = CurrentUser;
        // Who owns a folder may replace the files in it, whatever their modes are.
        if (status.Owner != me && status.Owner != 0)
            return $"{path} belongs to user {status.Owner}, and this process runs as user {me}: "
                + $"run 'chown -R {me} {path}', or run as that user";
        if ((status.Permissions & WritableByOthers) != 0)
            return $"{path} can be written by other users (mode {Octal(status.Permissions)}): run 'chmod go-w {path}'";
        if (LibC.Access(LibC.CurrentFolder, path, LibC.WriteAndEnter, LibC.EffectiveIds) != 0)
            return $"{path} cannot be written by user {me} ({Marshal.GetLastPInvokeErrorMessage()}): "
                + $"run 'chown -R {me} {path}', or choose another folder";

        return null;
    }

    /// <summary>The user who owns a file or folder.</summary>
    /// <param name="path">The file or folder. A symbolic link is followed.</param>
    /// <returns>The user id.</returns>
    /// <exception cref="IOException">There is nothing at that path, or it may not be looked at.</exception>
    public static uint OwnerOf(string path) =>
        LibC.Stat(LibC.CurrentFolder, path, 0, LibC.BasicStats, out LibC.FileStatus status) == 0
            ? status.Owner
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>A mode as <c>chmod</c> takes it.</summary>
    internal static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static string Unreachable(string path) => Marshal.GetLastPInvokeError() switch
    {
        LibC.NoEntry => $"{path} does not exist: create it with mode 0700, or choose another folder",
        LibC.NotAFolder => $"a part of {path} is not a folder: choose another folder",
        _ => $"{path} cannot be looked at by user {CurrentUser} ({Marshal.GetLastPInvokeErrorMessage()})",
    };
}
