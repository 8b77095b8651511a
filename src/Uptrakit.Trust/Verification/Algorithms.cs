using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>Which signatures and keys are strong enough: a list of what is taken, not of what is refused.</summary>
internal static class Algorithms
{
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192; // each signature costs the verifier work that grows with the square
    private static readonly Asn1Tag PssHashTag = new(TagClass.ContextSpecific, 0);

    /// <summary>Whether a signature of this kind can not be forged: no MD5, no SHA-1, nothing unheard of.</summary>
    public static bool IsStrongSignature(AlgorithmIdentifier signature) =>
        signature.Oid switch
        {
            Oids.RsaSha256 or Oids.RsaSha384 or Oids.RsaSha512 => true,
            Oids.EcdsaSha256 or Oids.EcdsaSha384 or Oids.EcdsaSha512 or Oids.Ed25519 => true,
            Oids.RsaPss => IsStrongPss(signature.Parameters),
            _ => false,
        };

    /// <summary>Whether a key is RSA of 2048 to 8192 bits, on a named NIST curve, or Ed25519.</summary>
    public static bool IsStrongKey(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        try
        {
            AsnReader fields = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.DER).ReadSequence();
            AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(fields.ReadEncodedValue());
            byte[] key = fields.ReadBitString(out int unused);
            return unused == 0
                && algorithm.Oid switch
                {
                    Oids.RsaKey => RsaBits(key) is >= LeastRsaBits and <= MostRsaBits,
                    // Explicit parameters instead of a name let anyone choose a generator for which he knows the key.
                    Oids.EcKey => CurveOf(algorithm.Parameters) is Oids.P256 or Oids.P384 or Oids.P521,
                    Oids.Ed25519 => true,
                    _ => false,
                };
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static long RsaBits(byte[] key)
    {
        AsnReader fields = new AsnReader(key, AsnEncodingRules.DER).ReadSequence();
        return (long)fields.ReadInteger().GetBitLength();
    }

    private static string? CurveOf(ReadOnlyMemory<byte> parameters)
    {
        AsnReader reader = new(parameters, AsnEncodingRules.DER);
        return reader.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier) ? reader.ReadObjectIdentifier() : null;
    }

    // RSASSA-PSS-params (RFC 8017, appendix A.2.3): an absent hash means SHA-1.
    private static bool IsStrongPss(ReadOnlyMemory<byte> parameters)
    {
        try
        {
            AsnReader fields = new AsnReader(parameters, AsnEncodingRules.DER).ReadSequence();
            if (!fields.HasData || !fields.PeekTag().HasSameClassAndValue(PssHashTag))
                return false;
            AsnReader hash = fields.ReadSequence(PssHashTag);
            return AlgorithmIdentifier.Read(hash.ReadEncodedValue()).Oid is Oids.Sha256 or Oids.Sha384 or Oids.Sha512;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
