using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.Configuration;

/// <summary>
/// A backup on disk: a mark, the length, the SHA-256 of everything else, the content. Damage is recognised; that somebody has written it on
/// purpose is not, so what is in it is judged again where it is restored.
/// </summary>
internal static class BackupFile
{
    /// <summary>50,000 checks take about 20 MB.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int HeaderSize = 8 + 8 + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "QUBACK\0\u0001"u8;

    /// <summary>0600, whole or not at all.</summary>
    /// <returns>Why not, or null.</returns>
    /// <exception cref="IOException">The disk.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder.</exception>
    public static string? Write(string path, Backup backup)
    {
        // A slip of the keyboard should not cost a file that is something else.
        if (Path.Exists(path) && !IsBackup(path))
            return $"{path} is there and is no backup of qu: choose another name, or move it away";
        byte[] content = backup.ToByteArray();
        byte[] file = new byte[HeaderSize + content.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(8), content.Length);
        content.CopyTo(file.AsSpan(HeaderSize));
        Digest(file).CopyTo(file.AsSpan(16));
        DurableFile.Write(path, file, DurableFile.OwnerOnly);
        return null;
    }

    public static bool TryRead(string path, [NotNullWhen(true)] out Backup? backup, out string fault)
    {
        backup = null;
        fault = "";
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
                fault = $"is larger than {MaxBytes / 1024 / 1024} MiB";
            else
                fault = Judge(ReadAll(stream), out backup);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            fault = broken.Message;
        }

        return backup is not null;
    }

    private static string Judge(ReadOnlySpan<byte> file, out Backup? backup)
    {
        backup = null;
        if (!file.StartsWith(Magic[..6]))
            return "is not a backup of qu";
        if (!file.StartsWith(Magic))
            return "is of another version of qu";
        if (file.Length < HeaderSize || BinaryPrimitives.ReadInt64LittleEndian(file[8..]) != file.Length - HeaderSize)
            return "is damaged: it has another length than it had when it was written";
        if (!CryptographicOperations.FixedTimeEquals(Digest(file), file.Slice(16, SHA256.HashSizeInBytes)))
            return "is damaged: its content is not what was written";
        try
        {
            backup = Backup.Parser.ParseFrom(file[HeaderSize..]);
            return "";
        }
        catch (InvalidProtocolBufferException)
        {
            return "is damaged, or of another version of qu";
        }
    }

    private static bool IsBackup(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Span<byte> begin = stackalloc byte[6];
            return stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.SequenceEqual(Magic[..6]);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] ReadAll(FileStream stream)
    {
        // A pipe has no length; a file may grow meanwhile.
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        while (all.Length <= MaxBytes && stream.Read(buffer) is > 0 and var read)
            all.Write(buffer, 0, read);
        return all.ToArray();
    }

    private static byte[] Digest(ReadOnlySpan<byte> file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file[..16]);
        hash.AppendData(file[HeaderSize..]);
        return hash.GetHashAndReset();
    }
}
