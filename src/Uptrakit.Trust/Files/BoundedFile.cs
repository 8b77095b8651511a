namespace Uptrakit.Trust.Files;

/// <summary>Files that somebody names: a pipe or a device has no length, and a file may grow while it is read.</summary>
public static class BoundedFile
{
    private const int Part = 16 << 10;

    /// <summary>Reads all of it, without asking for its length.</summary>
    /// <param name="file">The open file; at its beginning, or a pipe.</param>
    /// <param name="maximum">How many bytes there may be.</param>
    /// <returns>The content; null when there is more.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <remarks>Leaves copies in memory: not for private keys.</remarks>
    public static byte[]? ReadAll(Stream file, int maximum)
    {
        ArgumentNullException.ThrowIfNull(file);
        using MemoryStream all = new();
        byte[] part = new byte[Part];
        while (file.Read(part) is > 0 and int read)
        {
            if (all.Length + read > maximum)
                return null;
            all.Write(part, 0, read);
        }

        return all.ToArray();
    }
}
