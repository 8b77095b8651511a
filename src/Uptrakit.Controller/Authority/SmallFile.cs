using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Uptrakit.Controller.Authority;

/// <summary>Reads files of the operator's up to a limit. A pipe, such as a password manager's, is read like a file.</summary>
internal static class SmallFile
{
    // Its group may read it: so ACME clients and password managers hand secrets to a service.
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    internal static bool TryRead(
        string path, int maximumSize, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault) =>
        TryRead(path, maximumSize, static _ => null, out content, out fault);

    /// <summary>The same for what nobody else may read. The caller wipes it.</summary>
    internal static bool TryReadSecret(
        string path, int maximumSize, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault) =>
        TryRead(path, maximumSize, SecretFault, out content, out fault);

    /// <summary>Whether it gives its content only once.</summary>
    internal static bool IsPipe(string path)
    {
        try
        {
            using FileStream file = Open(path);
            return !file.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // who reads it says so
        }
    }

    private static bool TryRead(
        string path, int maximumSize, Func<FileStream, string?> judge, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault)
    {
        content = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(maximumSize + 1);
        try
        {
            using FileStream file = Open(path);
            fault = judge(file);
            if (fault is not null)
                return false;
            // Not by its length: a pipe has none.
            int size = file.ReadAtLeast(buffer.AsSpan(0, maximumSize + 1), maximumSize + 1, throwOnEndOfStream: false);
            content = size > maximumSize ? null : buffer[..size];
            fault = content is null ? $"{path} is larger than {maximumSize >> 10} KiB" : null;
            return content is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be read: {e.Message}";
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    // The mode of the very file that is open, not of whatever has that name by now.
    private static string? SecretFault(FileStream file) => (File.GetUnixFileMode(file.SafeFileHandle) & Others) == 0
        ? null
        : $"{file.Name} can be read or changed by other users: run 'chmod 640 {file.Name}', and replace the secret in it if anybody may "
            + "have read it";
}
