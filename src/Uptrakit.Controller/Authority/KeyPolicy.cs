using System.Formats.Asn1;
using System.Numerics;

namespace Uptrakit.Controller.Authority;

/// <summary>Which public keys are certified and accepted: P-256, P-384, RSA of 2048 to 4096 bits.</summary>
/// <remarks>Only reads. It runs before any arithmetic: verifying under a key of 100,000 bits is an attack on the processor.</remarks>
internal static class KeyPolicy
{
    private const int LeastRsaBits = 2048; // SP 800-131A
    private const int MostRsaBits = 4096;

    private static readonly BigInteger LeastExponent = 65537;
    private static readonly BigInteger MostExponent = uint.MaxValue;

    /// <param name="subjectPublicKeyInfo">DER (RFC 5280, section 4.1.2.7).</param>
    internal static bool Accepts(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        try
        {
            AsnReader whole = new(subjectPublicKeyInfo, AsnEncodingRules.DER);
            AsnReader info = whole.ReadSequence();
            AsnReader algorithm = info.ReadSequence();
            byte[] key = info.ReadBitString(out int unused);
            if (unused != 0 || info.HasData || whole.HasData)
                return false;

            return algorithm.ReadObjectIdentifier() switch
            {
                Oids.EcPublicKey => AcceptsPoint(algorithm, key),
                Oids.RsaEncryption => AcceptsModulus(algorithm, key),
                _ => false,
            };
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool AcceptsPoint(AsnReader algorithm, byte[] point)
    {
        // A named curve only: under explicit parameters anybody can forge a key that "matches" (CVE-2020-0601).
        string curve = algorithm.ReadObjectIdentifier();
        int coordinate = curve switch { Oids.P256 => 32, Oids.P384 => 48, _ => 0 };
        return !algorithm.HasData && coordinate > 0 && point.Length == 1 + (2 * coordinate) && point[0] == 4;
    }

    private static bool AcceptsModulus(AsnReader algorithm, byte[] key)
    {
        algorithm.ReadNull();
        AsnReader whole = new(key, AsnEncodingRules.DER);
        AsnReader numbers = whole.ReadSequence();
        ReadOnlyMemory<byte> modulusBytes = numbers.ReadIntegerBytes();
        ReadOnlyMemory<byte> exponentBytes = numbers.ReadIntegerBytes();
        if (algorithm.HasData || numbers.HasData || whole.HasData || exponentBytes.Length > 8)
            return false;

        BigInteger modulus = new(modulusBytes.Span, isBigEndian: true);
        BigInteger exponent = new(exponentBytes.Span, isBigEndian: true);
        return modulus.Sign > 0 && !modulus.IsEven && modulus.GetBitLength() is >= LeastRsaBits and <= MostRsaBits
            && !exponent.IsEven && exponent >= LeastExponent && exponent <= MostExponent;
    }
}
