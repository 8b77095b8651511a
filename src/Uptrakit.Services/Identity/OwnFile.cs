using System.Diagnostics.CodeAnalysis;
using Uptrakit.Trust.Files;

namespace Uptrakit.Services.Identity;

/// <summary>Reads a file that nobody but its owner may read or write.</summary>
internal static class OwnFile
{
    private const int MaximumSize = 2 << 20; // two full lists of certificates in base64 take less than 1 MiB

    public static bool TryRead(string path, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault)
    {
        content = null;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            fault = FaultOf(path, file);
            if (fault is not null)
                return false;
            content = new byte[file.Length];
            file.ReadExactly(content);
            return true;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            content = null;
            fault = $"{path} cannot be read by user {PrivateFolder.CurrentUser}: {unreadable.Message}";
            return false;
        }
    }

    private static string? FaultOf(string path, FileStream file)
    {
        // A pipe has no length, and nothing of it would be there at the next start.
        if (!file.CanSeek)
            return $"{path} is no file: move it away";
        // The mode of the very file that is open, not of whatever has that name by now.
        UnixFileMode mode = File.GetUnixFileMode(file.SafeFileHandle);
        if ((mode & ~DurableFile.OwnerOnly) != 0)
            return $"{path} is open to other users (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}): run 'chmod 600 {path}', "
                + "and enroll anew with --force-enroll if anybody may have read or changed it";
        uint owner = PrivateFolder.OwnerOf(path);
        if (owner != PrivateFolder.CurrentUser && owner != 0)
            return $"{path} belongs to user {owner}, and this process runs as user {PrivateFolder.CurrentUser}: "
                + $"run 'chown {PrivateFolder.CurrentUser} {path}', or run as that user";
        return file.Length > MaximumSize ? $"{path} is larger than 2 MiB: restore it from a backup" : null;
    }
}
