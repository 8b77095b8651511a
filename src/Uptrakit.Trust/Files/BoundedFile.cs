using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Uptrakit.Trust.Files;

/// <summary>
/// Files that somebody names: a pipe or a device has no length, a file may grow while it is read, and into a named pipe perhaps nobody ever writes.
/// </summary>
public static class BoundedFile
{
    private const int Part = 16 << 10;

    /// <summary>
    /// How long all of a file may take: a password manager behind a pipe may ask somebody for a passphrase, but a start must not wait for ever for
    /// a writer that never comes.
    /// </summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Opens a file for reading. A named pipe is open at once, whether somebody writes into it or not; reading waits.</summary>
    /// <param name="path">The file, or pipe, such as a shell makes of <c>&lt;(command)</c>.</param>
    /// <returns>For <see cref="Fill"/> and <see cref="ReadAll"/> only: the file does not block.</returns>
    /// <exception cref="IOException">It is not there, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        SafeFileHandle file = LibC.Open(path, LibC.ReadOnly | LibC.NonBlocking);
        if (!file.IsInvalid)
            return file;
        file.Dispose();
        // It fails again, with the type and the words that callers know.
        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    }

    /// <summary>Whether what comes out of it comes only once: it is neither a file nor a folder. It is not opened for that.</summary>
    /// <param name="path">The file. A symbolic link is followed.</param>
    /// <returns>False also when there is nothing: who reads it says so.</returns>
    public static bool IsPipe(string path) =>
        LibC.Stat(LibC.CurrentFolder, path, 0, LibC.BasicStats, out LibC.FileStatus status) == 0 && !status.IsFile && !status.IsFolder;

    /// <summary>Reads all of it, without asking for its length.</summary>
    /// <param name="file">From <see cref="Open"/>, at its beginning.</param>
    /// <param name="maximum">How many bytes there may be.</param>
    /// <param name="patience">How long all of it may take; null for <see cref="Patience"/>.</param>
    /// <returns>The content; null when there is more.</returns>
    /// <exception cref="IOException">It cannot be read, or takes too long.</exception>
    /// <remarks>Leaves copies in memory: not for private keys.</remarks>
    public static byte[]? ReadAll(SafeFileHandle file, int maximum, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        Deadline deadline = new(patience ?? Patience);
        using MemoryStream all = new();
        byte[] part = new byte[Part];
        while (Read(file, part, deadline) is > 0 and int read)
        {
            if (all.Length + read > maximum)
                return null;
            all.Write(part, 0, read);
        }

        return all.ToArray();
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <param name="file">From <see cref="Open"/>, at its beginning.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="patience">How long all of it may take; null for <see cref="Patience"/>.</param>
    /// <returns>How many bytes there are.</returns>
    /// <exception cref="IOException">It cannot be read, or takes too long.</exception>
    public static int Fill(SafeFileHandle file, Span<byte> buffer, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        Deadline deadline = new(patience ?? Patience);
        int size = 0;
        while (size < buffer.Length && Read(file, buffer[size..], deadline) is > 0 and int read)
            size += read;
        return size;
    }

    private static int Read(SafeFileHandle file, Span<byte> buffer, Deadline deadline)
    {
        while (true)
        {
            if (!IsReady(file, deadline))
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"nobody has written it, to its end, within {deadline.Patience.TotalSeconds:0.#} s"));
            // The framework reads by position, which a pipe has none of, and its streams would wait again.
            nint read = LibC.Read(file, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (read >= 0)
                return (int)read;
            if (Marshal.GetLastPInvokeError() is not (LibC.Interrupted or LibC.TryAgain))
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    // A plain file is ready at once. Linux tells a pipe that nobody has opened for writing yet from one whose writers have gone.
    private static bool IsReady(SafeFileHandle file, Deadline deadline)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            LibC.Polled polled = new() { File = (int)file.DangerousGetHandle(), Events = LibC.Readable };
            int ready = LibC.Poll(ref polled, 1, deadline.LeftMilliseconds);
            // Something is there, or it has ended, or waiting was cut off: reading tells which. Not for longer than the deadline, whatever the failure.
            return ready > 0 || (ready < 0 && deadline.LeftMilliseconds > 0);
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    private readonly struct Deadline(TimeSpan patience)
    {
        private readonly long begin = TimeProvider.System.GetTimestamp();

        public TimeSpan Patience => patience;

        public int LeftMilliseconds => (int)Math.Max(0, Math.Ceiling((patience - TimeProvider.System.GetElapsedTime(begin)).TotalMilliseconds));
    }
}
