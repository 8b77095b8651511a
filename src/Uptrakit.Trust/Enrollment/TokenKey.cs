using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Trust.Enrollment;

/// <summary>The key pair that a token's secret stands for. Who issued the token stores its public half only.</summary>
/// <param name="purpose">The info of the derivation: one secret stands for different keys in different planes.</param>
internal sealed class TokenKey(string purpose)
{
    // FIPS 186-5, appendix A.2.1: with 64 bits more than the order has, the remainder's bias is below 2^-64 and no value
    // has to be thrown away, so one secret gives one key in one step.
    private const int ScalarMaterial = 48;
    private const int ScalarSize = 32;

    internal static readonly TokenKey OfNodes = new("uptrakit enrollment token v1 proof key P-256");
    internal static readonly TokenKey OfServices = new("uptrakit service token v1 proof key P-256");

    private readonly byte[] info = Encoding.ASCII.GetBytes(purpose);

    // n of P-256 (SP 800-186, section 3.2.1.3).
    private static readonly BigInteger Order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        isUnsigned: true,
        isBigEndian: true);

    /// <summary>
    /// HKDF-SHA256 (RFC 5869) of the secret with salt = token id ‖ issuer id (big-endian) and the purpose as info, 48 bytes,
    /// as an integer modulo n − 1, plus one.
    /// </summary>
    internal ECDsa Derive(byte[] secret, ReadOnlySpan<byte> tokenId, Guid issuer)
    {
        Span<byte> material = stackalloc byte[ScalarMaterial];
        byte[] scalar = new byte[ScalarSize];
        try
        {
            byte[] salt = [.. tokenId, .. issuer.ToByteArray(bigEndian: true)];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, material, salt, info);
            BigInteger d = (new BigInteger(material, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
            int size = d.GetByteCount(isUnsigned: true);
            d.TryWriteBytes(scalar.AsSpan(ScalarSize - size), out _, isUnsigned: true, isBigEndian: true);
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
