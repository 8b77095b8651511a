using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Authority;

/// <summary>Reads files of the operator's up to a limit. A pipe, such as a password manager's, is read like a file.</summary>
internal static class SmallFile
{
    // Its group may read it: so ACME clients and password managers hand secrets to a service.
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <param name="patience">How long a pipe may take; null for what a start waits.</param>
    internal static bool TryRead(
        string path, int maximumSize, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault, TimeSpan? patience = null) =>
        TryRead(path, maximumSize, static (_, _) => null, patience, out content, out fault);

    /// <summary>The same for what nobody else may read. The caller wipes it.</summary>
    internal static bool TryReadSecret(
        string path, int maximumSize, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault, TimeSpan? patience = null) =>
        TryRead(path, maximumSize, SecretFault, patience, out content, out fault);

    private static bool TryRead(
        string path, int maximumSize, Func<string, SafeFileHandle, string?> judge, TimeSpan? patience, [NotNullWhen(true)] out byte[]? content,
        [NotNullWhen(false)] out string? fault)
    {
        content = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(maximumSize + 1);
        try
        {
            using SafeFileHandle file = BoundedFile.Open(path);
            fault = judge(path, file);
            if (fault is not null)
                return false;
            int size = BoundedFile.Fill(file, buffer.AsSpan(0, maximumSize + 1), patience);
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

    // The mode of the very file that is open, not of whatever has that name by now.
    private static string? SecretFault(string path, SafeFileHandle file) => (File.GetUnixFileMode(file) & Others) == 0
        ? null
        : $"{path} can be read or changed by other users: run 'chmod 640 {path}', and replace the secret in it if anybody may "
            + "have read it";
}
