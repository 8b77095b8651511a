using System.Formats.Asn1;

namespace Uptrakit.Trust.Anchors;

/// <summary>Finds the subject in the bytes of a certificate, without loading it.</summary>
internal static class SubjectName
{
    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);

    public static bool TryRead(ReadOnlyMemory<byte> certificate, out ReadOnlyMemory<byte> subject)
    {
        subject = default;
        try
        {
            // TBSCertificate of RFC 5280, section 4.1: version, serial, signature, issuer, validity, subject.
            AsnReader body = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            if (body.PeekTag().HasSameClassAndValue(Version))
                body.ReadEncodedValue();
            for (int field = 0; field < 4; field++)
                body.ReadEncodedValue();
            subject = body.ReadEncodedValue();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
