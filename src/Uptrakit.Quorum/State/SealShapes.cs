using System.Security.Cryptography;
using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>What members tell of their keys for sealed secrets, as far as one can judge it without computing on the curve.</summary>
internal static class SealShapes
{
    /// <summary>An uncompressed point of P-256 (SEC 1, 2.3.3).</summary>
    internal const int PublicKeySize = 65;

    internal const int KeyIdSize = 8;

    /// <summary>An AES-256 key and its tag.</summary>
    internal const int WrappedSize = 32 + SealedSecret.TagSize;

    internal static bool IsPublicKey(ByteString key) => key.Length == PublicKeySize && key[0] == 4;

    internal static bool IsWrap(SealingWrap wrap) =>
        wrap.ForKey.Length == KeyIdSize && IsPublicKey(wrap.Ephemeral) && wrap.Wrapped.Length == WrappedSize;

    internal static byte[] KeyId(ByteString publicKey) => SHA256.HashData(publicKey.Span)[..KeyIdSize];

    /// <summary>Whether the member is to be able to open what that audience may.</summary>
    internal static bool IsFor(Peer peer, SealingAudience audience) =>
        !peer.SealKey.IsEmpty && (audience == SealingAudience.Members || peer.Role == Role.Voter);
}
