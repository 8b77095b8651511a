using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Controller.Authority;

/// <summary>Reads files of the operator's up to a limit.</summary>
internal static class SmallFile
{
    internal static bool TryRead(
        string path, int maximumSize, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? fault)
    {
        content = null;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            if (file.Length > maximumSize)
            {
                fault = $"{path} is larger than {maximumSize >> 10} KiB";
                return false;
            }

            content = new byte[file.Length];
            file.ReadExactly(content);
            fault = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            content = null;
            fault = $"{path} cannot be read: {e.Message}";
            return false;
        }
    }
}
