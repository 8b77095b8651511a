using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>
/// Wraps a key of the cluster for one member: a fresh P-256 key, its agreement with the member's, HKDF-SHA256 (RFC 5869), AES-256-GCM.
/// </summary>
/// <remarks>The shape of HPKE's base mode (RFC 9180). Key and nonce are derived for this one wrap, so neither is ever used twice.</remarks>
internal static class SealWraps
{
    internal const int KeySize = 32;

    /// <returns>Null: what the member tells is no point of the curve.</returns>
    internal static SealingWrap? Of(ReadOnlySpan<byte> key, string clusterId, SealingKey about, Peer member)
    {
        using ECDiffieHellman? theirs = Import(member.SealKey.Span);
        if (theirs is null)
            return null;
        using ECDiffieHellman fresh = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        SealingWrap wrap = new()
        {
            NodeId = member.NodeId,
            ForKey = ByteString.CopyFrom(SealShapes.KeyId(member.SealKey)),
            Ephemeral = Point(fresh),
        };
        byte[] wrapped = new byte[SealShapes.WrappedSize];
        byte[] agreed = fresh.DeriveRawSecretAgreement(theirs.PublicKey);
        using (AesGcm cipher = Cipher(agreed, Info(clusterId, about, wrap, member.SealKey), out byte[] nonce))
            cipher.Encrypt(nonce, key, wrapped.AsSpan(0, KeySize), wrapped.AsSpan(KeySize));
        wrap.Wrapped = ByteString.CopyFrom(wrapped);
        return wrap;
    }

    internal static bool TryOpen(SealingWrap wrap, SealKey own, string clusterId, SealingKey about, [NotNullWhen(true)] out byte[]? key)
    {
        key = null;
        if (!SealShapes.IsWrap(wrap) || wrap.ForKey != own.Id)
            return false;
        using ECDiffieHellman? fresh = Import(wrap.Ephemeral.Span);
        if (fresh is null)
            return false;
        byte[] opened = new byte[KeySize];
        try
        {
            using AesGcm cipher = Cipher(own.Agree(fresh.PublicKey), Info(clusterId, about, wrap, own.PublicKey), out byte[] nonce);
            cipher.Decrypt(nonce, wrap.Wrapped.Span[..KeySize], wrap.Wrapped.Span[KeySize..], opened);
        }
        catch (CryptographicException)
        {
            return false;
        }

        key = opened;
        return true;
    }

    internal static ByteString Point(ECDiffieHellman pair)
    {
        ECPoint q = pair.ExportParameters(includePrivateParameters: false).Q;
        return ByteString.CopyFrom([4, .. q.X!, .. q.Y!]);
    }

    private static ECDiffieHellman? Import(ReadOnlySpan<byte> point)
    {
        if (point.Length != SealShapes.PublicKeySize || point[0] != 4)
            return null;
        try
        {
            // A point that is not on the curve is refused here (SP 800-56A, 5.6.2.3.3).
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
            });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static AesGcm Cipher(byte[] agreed, byte[] info, out byte[] nonce)
    {
        byte[] material = HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, KeySize + SealedSecret.NonceSize, salt: [], info);
        nonce = material[KeySize..];
        try
        {
            return new AesGcm(material.AsSpan(0, KeySize), SealedSecret.TagSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
            CryptographicOperations.ZeroMemory(agreed);
        }
    }

    /// <summary>All that the wrap is about: one that is put elsewhere gives another key and does not open.</summary>
    private static byte[] Info(string clusterId, SealingKey about, SealingWrap wrap, ByteString member) =>
    [
        .. "uptrakit sealing wrap v1"u8, .. about.Id.Span, (byte)about.Audience, .. wrap.Ephemeral.Span, .. member.Span,
        .. SHA256.HashData(Encoding.UTF8.GetBytes(clusterId)), .. SHA256.HashData(Encoding.UTF8.GetBytes(wrap.NodeId)),
    ];
}
