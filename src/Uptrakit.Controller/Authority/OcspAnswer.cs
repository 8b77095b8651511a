using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>What is said of one certificate.</summary>
internal sealed record OcspStatus(bool Known, DateTimeOffset? Revoked = null, X509RevocationReason Reason = X509RevocationReason.Unspecified)
{
    public static OcspStatus Unknown { get; } = new(false);

    public static OcspStatus Good { get; } = new(true);
}

/// <summary>Writes OCSP responses (RFC 6960, section 4.2).</summary>
internal static class OcspAnswer
{
    /// <summary>responseStatus malformedRequest, unsigned.</summary>
    internal static readonly byte[] Malformed = [0x30, 0x03, 0x0a, 0x01, 0x01];

    /// <summary>responseStatus unauthorized: none of the certificates is from a CA of ours (RFC 5019, section 2.2.3).</summary>
    internal static readonly byte[] Unauthorized = [0x30, 0x03, 0x0a, 0x01, 0x06];

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag Tag2 = new(TagClass.ContextSpecific, 2, isConstructed: true);
    private static readonly Asn1Tag GoodTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag UnknownTag = new(TagClass.ContextSpecific, 2);

    /// <summary>A response that the issuing CA signs itself; its certificate is in it, for clients that have only the root.</summary>
    internal static byte[] Write(
        LiveCa signer, IReadOnlyList<(OcspCertId Id, OcspStatus Status)> answers, ReadOnlyMemory<byte>? nonce, DateTimeOffset now)
    {
        CaKey key = signer.Key ?? throw new InvalidOperationException("a retired CA signs nothing");
        byte[] data = ResponseData(signer, answers, nonce, now);
        AsnWriter basic = new(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(data);
            basic.WriteEncodedValue(key.SignatureAlgorithm());
            basic.WriteBitString(key.Sign(data));
            using (basic.PushSequence(Tag0))
            using (basic.PushSequence())
                basic.WriteEncodedValue(signer.Certificate.RawData);
        }

        AsnWriter response = new(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            response.WriteEncodedValue([0x0a, 0x01, 0x00]); // responseStatus successful
            using (response.PushSequence(Tag0))
            using (response.PushSequence())
            {
                response.WriteObjectIdentifier(Oids.OcspBasic);
                response.WriteOctetString(basic.Encode());
            }
        }

        return response.Encode();
    }

    private static byte[] ResponseData(
        LiveCa signer, IReadOnlyList<(OcspCertId Id, OcspStatus Status)> answers, ReadOnlyMemory<byte>? nonce, DateTimeOffset now)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Tag2)) // responderID byKey, which is SHA-1 by definition
                writer.WriteOctetString(KeyHash(signer.Certificate, HashAlgorithmName.SHA1));
            writer.WriteGeneralizedTime(now, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                foreach ((OcspCertId id, OcspStatus status) in answers)
                    WriteSingle(writer, id, status, now);
            }

            if (nonce is { } value)
                WriteNonce(writer, value);
        }

        return writer.Encode();
    }

    private static void WriteSingle(AsnWriter writer, OcspCertId id, OcspStatus status, DateTimeOffset now)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(id.Encoded.Span);
            if (!status.Known)
                writer.WriteNull(UnknownTag);
            else if (status.Revoked is { } revoked)
                WriteRevoked(writer, revoked, status.Reason);
            else
                writer.WriteNull(GoodTag);
            writer.WriteGeneralizedTime(now, omitFractionalSeconds: true);
            using (writer.PushSequence(Tag0))
                writer.WriteGeneralizedTime(now + Lifetimes.OcspAnswer, omitFractionalSeconds: true);
        }
    }

    private static void WriteRevoked(AsnWriter writer, DateTimeOffset revoked, X509RevocationReason reason)
    {
        using (writer.PushSequence(Tag1))
        {
            writer.WriteGeneralizedTime(revoked, omitFractionalSeconds: true);
            if (reason == X509RevocationReason.Unspecified)
                return; // left out rather than said (RFC 5280, section 5.3.1)
            using (writer.PushSequence(Tag0))
                writer.WriteEncodedValue([0x0a, 0x01, (byte)reason]);
        }
    }

    private static void WriteNonce(AsnWriter writer, ReadOnlyMemory<byte> nonce)
    {
        AsnWriter inner = new(AsnEncodingRules.DER);
        inner.WriteOctetString(nonce.Span);
        using (writer.PushSequence(Tag1))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.OcspNonce);
            writer.WriteOctetString(inner.Encode());
        }
    }

    /// <summary>Over the key's bits without tag, length and unused bits, as CertID and responderID have it.</summary>
    internal static byte[] KeyHash(X509Certificate2 certificate, HashAlgorithmName hash) =>
        CryptographicOperations.HashData(hash, certificate.PublicKey.EncodedKeyValue.RawData);
}
