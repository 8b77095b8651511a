using System.Security.Cryptography;

namespace Uptrakit.Trust.Enrollment;

/// <summary>Checks that a joiner holds the secret of a token, with the public half that its issuer stores.</summary>
public static class EnrollmentProof
{
    private const int SignatureSize = 64;
    private const int CoordinateSize = 32;

    // SubjectPublicKeyInfo of a P-256 key with the curve by name and the point uncompressed (RFC 5480, section 2), up to
    // and with the 0x04. A key of any other kind, curve or form does not begin like this: no parser is let near it.
    private static readonly byte[] Header = Convert.FromHexString("3059301306072A8648CE3D020106082A8648CE3D03010703420004");

    /// <summary>Checks a proof.</summary>
    /// <param name="publicKeyInfo">The stored <see cref="EnrollmentToken.PublicKeyInfo"/>; only NIST P-256 is taken.</param>
    /// <param name="input">What the proof must be bound to; both keys from the verifier's own TLS connection.</param>
    /// <param name="signature">What <see cref="EnrollmentToken.Sign"/> gave: 64 bytes.</param>
    /// <returns>Whether the maker of the proof holds the secret. False for anything malformed; never throws.</returns>
    public static bool Verify(ReadOnlySpan<byte> publicKeyInfo, ProofInput? input, ReadOnlySpan<byte> signature) =>
        input is not null && input.TryEncode(out byte[]? encoded) && IsSigned(publicKeyInfo, encoded, signature);

    /// <summary>Checks the proof of a Service.</summary>
    /// <param name="publicKeyInfo">The stored <see cref="ServiceToken.PublicKeyInfo"/>; only NIST P-256 is taken.</param>
    /// <param name="input">What the proof must be bound to; see <see cref="ServiceProofInput"/>.</param>
    /// <param name="signature">What <see cref="ServiceToken.Sign"/> gave: 64 bytes.</param>
    /// <returns>Whether the maker of the proof holds the secret. False for anything malformed; never throws.</returns>
    public static bool Verify(ReadOnlySpan<byte> publicKeyInfo, ServiceProofInput? input, ReadOnlySpan<byte> signature) =>
        input is not null && input.TryEncode(out byte[]? encoded) && IsSigned(publicKeyInfo, encoded, signature);

    private static bool IsSigned(ReadOnlySpan<byte> publicKeyInfo, byte[] encoded, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize)
            return false;
        if (publicKeyInfo.Length != Header.Length + (2 * CoordinateSize) || !publicKeyInfo.StartsWith(Header))
            return false;

        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKeyInfo, out _);
            return key.VerifyData(
                encoded, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // Not a point of the curve.
            return false;
        }
    }
}
