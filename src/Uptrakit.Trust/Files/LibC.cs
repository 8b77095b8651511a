using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Uptrakit.Trust.Files;

/// <summary>The few calls of the C library that the framework does not offer.</summary>
internal static partial class LibC
{
    // O_RDONLY | O_CLOEXEC. Not O_DIRECTORY: its value differs between architectures.
    internal const int ReadOnly = 0x80000;
    internal const int NonBlocking = 0x800; // O_NONBLOCK
    internal const int CurrentFolder = -100; // AT_FDCWD
    internal const int EffectiveIds = 0x200; // AT_EACCESS
    internal const int WriteAndEnter = 2 | 1; // W_OK | X_OK
    internal const uint BasicStats = 0x7ff; // STATX_BASIC_STATS
    internal const int NoEntry = 2; // ENOENT
    internal const int Interrupted = 4; // EINTR
    internal const int TryAgain = 11; // EAGAIN
    internal const int NotAFolder = 20; // ENOTDIR
    internal const short Readable = 1; // POLLIN

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Access(int folder, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Stat(int folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint Read(SafeFileHandle file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Poll(ref Polled files, nuint count, int milliseconds);

    /// <summary>struct pollfd of poll.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Polled
    {
        internal int File;
        internal short Events;
        internal short Happened;
    }

    /// <summary>struct statx of linux/stat.h: unlike struct stat it is laid out the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileStatus
    {
        [FieldOffset(20)]
        internal uint Owner;

        [FieldOffset(28)]
        internal ushort Mode;

        internal readonly bool IsFile => (Mode & 0xf000) == 0x8000; // S_IFMT, S_IFREG

        internal readonly bool IsFolder => (Mode & 0xf000) == 0x4000; // S_IFMT, S_IFDIR

        internal readonly UnixFileMode Permissions => (UnixFileMode)(Mode & 0xfff);
    }
}
