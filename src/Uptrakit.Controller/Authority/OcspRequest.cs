using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Uptrakit.Controller.Authority;

/// <summary>A certificate as an OCSP request names it: by hashes of its issuer, and its serial number.</summary>
/// <param name="Encoded">The CertID as it came: the answer repeats it byte for byte.</param>
internal sealed record OcspCertId(
    ReadOnlyMemory<byte> Encoded, string HashOid, ReadOnlyMemory<byte> IssuerName, ReadOnlyMemory<byte> IssuerKey, string Serial);

/// <summary>An OCSP request (RFC 6960, section 4.1) of a stranger.</summary>
internal sealed record OcspRequest(IReadOnlyList<OcspCertId> Certificates, ReadOnlyMemory<byte>? Nonce)
{
    public const int MaximumSize = 16 << 10;
    public const int MaximumCertificates = 32;

    private const int MaximumNonce = 32; // RFC 8954, section 2.1
    private const int MaximumSerial = 20; // RFC 5280, section 4.1.2.2
    private const int MaximumHash = 64;

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag Tag2 = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>Never throws. A signature on the request is not looked at: anybody may ask.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out OcspRequest? value)
    {
        value = null;
        if (der.Length > MaximumSize)
            return false;
        try
        {
            AsnReader whole = new(der, AsnEncodingRules.DER);
            AsnReader request = whole.ReadSequence();
            if (whole.HasData)
                return false;

            value = ReadBody(request.ReadSequence());
            return value is not null;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    // TBSRequest: [0] version, [1] requestorName, requestList, [2] requestExtensions.
    private static OcspRequest? ReadBody(AsnReader body)
    {
        if (Next(body, Tag0) && !body.ReadSequence(Tag0).ReadInteger().IsZero)
            return null;
        if (Next(body, Tag1))
            body.ReadEncodedValue();

        List<OcspCertId> certificates = [];
        for (AsnReader list = body.ReadSequence(); list.HasData;)
        {
            if (certificates.Count == MaximumCertificates || ReadCertId(list.ReadSequence()) is not { } one)
                return null;
            certificates.Add(one);
        }

        ReadOnlyMemory<byte>? nonce = null;
        if (Next(body, Tag2) && !TryReadNonce(body.ReadSequence(Tag2).ReadSequence(), out nonce))
            return null;
        return certificates.Count == 0 || body.HasData ? null : new OcspRequest(certificates, nonce);
    }

    // Request: reqCert, [0] singleRequestExtensions.
    private static OcspCertId? ReadCertId(AsnReader request)
    {
        ReadOnlyMemory<byte> encoded = request.ReadEncodedValue();
        if (Next(request, Tag0))
            request.ReadEncodedValue();

        AsnReader id = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        string hash = id.ReadSequence().ReadObjectIdentifier();
        byte[] name = id.ReadOctetString();
        byte[] key = id.ReadOctetString();
        ReadOnlyMemory<byte> serial = id.ReadIntegerBytes();
        bool sane = !id.HasData && !request.HasData
            && name.Length <= MaximumHash && key.Length <= MaximumHash && serial.Length <= MaximumSerial;
        return sane ? new OcspCertId(encoded, hash, name, key, SerialText.Of(serial.Span)) : null;
    }

    private static bool TryReadNonce(AsnReader extensions, out ReadOnlyMemory<byte>? nonce)
    {
        nonce = null;
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            bool isNonce = extension.ReadObjectIdentifier() == Oids.OcspNonce;
            bool critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            byte[] value = extension.ReadOctetString();
            if ((critical && !isNonce) || (isNonce && nonce is not null) || extension.HasData)
                return false;
            if (isNonce && !TryUnwrap(value, out nonce))
                return false;
        }

        return true;
    }

    private static bool TryUnwrap(byte[] value, out ReadOnlyMemory<byte>? nonce)
    {
        AsnReader inner = new(value, AsnEncodingRules.DER);
        byte[] bytes = inner.ReadOctetString();
        nonce = bytes;
        // What we repeat we sign: a long one would let a stranger choose most of a signed message.
        return !inner.HasData && bytes.Length is > 0 and <= MaximumNonce;
    }

    private static bool Next(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(tag);
}
