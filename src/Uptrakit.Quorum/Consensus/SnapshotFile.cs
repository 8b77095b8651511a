using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.Consensus;

/// <summary>
/// A state on disk with its place in the log, its length and its SHA-256: a cut-off or damaged file is recognised, never believed.
/// </summary>
internal static class SnapshotFile
{
    private const int HeaderSize = 8 + 8 + 8 + 8 + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "QUSNAP\0\u0001"u8;

    public static void Write(string path, AppliedState state) =>
        Write(path, state.Index, state.Term, state.Cluster.ToSnapshot().ToByteArray());

    public static void Write(string path, long index, long term, ReadOnlySpan<byte> content)
    {
        byte[] file = new byte[HeaderSize + content.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(8), index);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), term);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(24), content.Length);
        content.CopyTo(file.AsSpan(HeaderSize));
        Digest(file).CopyTo(file.AsSpan(32));
        DurableFile.Write(path, file, DurableFile.OwnerOnly);
    }

    public static bool TryRead(string path, [NotNullWhen(true)] out AppliedState? state)
    {
        state = null;
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (IOException)
        {
            return false;
        }

        if (file.Length < HeaderSize || !file.AsSpan().StartsWith(Magic))
            return false;
        if (BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(24)) != file.Length - HeaderSize)
            return false;
        if (!CryptographicOperations.FixedTimeEquals(Digest(file), file.AsSpan(32, SHA256.HashSizeInBytes)))
            return false;

        state = new(
            BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(8)),
            BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(16)),
            ClusterState.FromSnapshot(StateSnapshot.Parser.ParseFrom(file.AsSpan(HeaderSize))));
        return true;
    }

    /// <summary>Over the place in the log and the content: a snapshot that claims another index is damaged too.</summary>
    private static byte[] Digest(ReadOnlySpan<byte> file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file[..32]);
        hash.AppendData(file[HeaderSize..]);
        return hash.GetHashAndReset();
    }
}
