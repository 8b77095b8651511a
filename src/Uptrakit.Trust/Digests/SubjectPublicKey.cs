using System.Formats.Asn1;

namespace Uptrakit.Trust.Digests;

/// <summary>Finds the SubjectPublicKeyInfo in the bytes of a certificate.</summary>
/// <remarks>
/// The framework's own export takes the key apart and encodes it again, and throws for algorithms it does not know. What is
/// hashed here is what the peer sent, and a stranger's odd key is a refusal, not an exception.
/// </remarks>
internal static class SubjectPublicKey
{
    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);

    internal static bool TryRead(ReadOnlyMemory<byte> certificate, out ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        subjectPublicKeyInfo = default;
        try
        {
            // TBSCertificate of RFC 5280, section 4.1: version, serial, signature, issuer, validity, subject, key.
            AsnReader body = new AsnReader(certificate, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (body.PeekTag().HasSameClassAndValue(Version))
                body.ReadEncodedValue();
            for (int field = 0; field < 5; field++)
                body.ReadEncodedValue();

            if (!body.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
                return false;
            subjectPublicKeyInfo = body.ReadEncodedValue();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
