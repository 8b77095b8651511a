using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Seals one text with a key of the cluster, for one place: AES-256-GCM with a random nonce.</summary>
/// <remarks>
/// The place is authenticated, not stored: moved to another cluster, object or field, a sealed text does not open. A key seals a few
/// ten thousand texts in its life; random nonces are good for 2^32 (SP 800-38D, 8.3).
/// </remarks>
internal static class SealBox
{
    private const byte End = 0x80;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static ByteString Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyId, string clusterId, SecretPlace place, string text)
    {
        byte[] plain = Padded(text);
        try
        {
            byte[] bytes = new byte[SealedSecret.BodyAt + plain.Length + SealedSecret.TagSize];
            bytes[0] = SealedSecret.Version;
            keyId.CopyTo(bytes.AsSpan(1));
            place.Binding(clusterId).CopyTo(bytes, 1 + SealedSecret.KeyIdSize);
            Span<byte> nonce = bytes.AsSpan(SealedSecret.HeaderSize, SealedSecret.NonceSize);
            RandomNumberGenerator.Fill(nonce);
            using AesGcm cipher = new(key, SealedSecret.TagSize);
            cipher.Encrypt(nonce, plain, bytes.AsSpan(SealedSecret.BodyAt, plain.Length), bytes.AsSpan(SealedSecret.BodyAt + plain.Length), Known(bytes, clusterId, place));
            return ByteString.CopyFrom(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    internal static bool TryOpen(ReadOnlySpan<byte> key, string clusterId, SecretPlace place, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!SealedSecret.IsShaped(bytes))
            return false;
        byte[] plain = new byte[bytes.Length - SealedSecret.BodyAt - SealedSecret.TagSize];
        try
        {
            using AesGcm cipher = new(key, SealedSecret.TagSize);
            cipher.Decrypt(
                bytes.Slice(SealedSecret.HeaderSize, SealedSecret.NonceSize), bytes[SealedSecret.BodyAt..^SealedSecret.TagSize],
                bytes[^SealedSecret.TagSize..], plain, Known(bytes, clusterId, place));
            int end = plain.AsSpan().LastIndexOf(End);
            if (end < 0)
                return false;
            text = s_strict.GetString(plain, 0, end);
            return true;
        }
        catch (Exception wrong) when (wrong is CryptographicException or DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] Known(ReadOnlySpan<byte> bytes, string clusterId, SecretPlace place) =>
        [.. bytes[..SealedSecret.HeaderSize], .. place.Context(clusterId)];

    /// <summary>The text, one byte that ends it, and zeros (ISO/IEC 9797-1, padding method 2).</summary>
    private static byte[] Padded(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte[] plain = new byte[(length / SealedSecret.Block + 1) * SealedSecret.Block];
        Encoding.UTF8.GetBytes(text, plain);
        plain[length] = End;
        return plain;
    }
}
