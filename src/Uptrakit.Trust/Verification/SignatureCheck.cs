using System.Security.Cryptography;

namespace Uptrakit.Trust.Verification;

/// <summary>
/// Whether an authority signed something: for lists and for evidence; the paths of servers are the platform's to check.
/// </summary>
internal static class SignatureCheck
{
    public static bool IsGood(
        AlgorithmIdentifier algorithm,
        ReadOnlySpan<byte> signed,
        ReadOnlySpan<byte> signature,
        CertificateFacts authority
    )
    {
        if (!Algorithms.IsStrongKey(authority.SubjectPublicKeyInfo))
            return false;
        try
        {
            return algorithm.Oid switch
            {
                Oids.EcdsaSha256 => Ecdsa(signed, signature, HashAlgorithmName.SHA256, authority),
                Oids.EcdsaSha384 => Ecdsa(signed, signature, HashAlgorithmName.SHA384, authority),
                Oids.EcdsaSha512 => Ecdsa(signed, signature, HashAlgorithmName.SHA512, authority),
                Oids.RsaSha256 => Rsa(signed, signature, HashAlgorithmName.SHA256, authority),
                Oids.RsaSha384 => Rsa(signed, signature, HashAlgorithmName.SHA384, authority),
                Oids.RsaSha512 => Rsa(signed, signature, HashAlgorithmName.SHA512, authority),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool Ecdsa(
        ReadOnlySpan<byte> signed,
        ReadOnlySpan<byte> signature,
        HashAlgorithmName hash,
        CertificateFacts authority
    )
    {
        using ECDsa? key = authority.Certificate.PublicKey.GetECDsaPublicKey();
        return key?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence) is true;
    }

    private static bool Rsa(
        ReadOnlySpan<byte> signed,
        ReadOnlySpan<byte> signature,
        HashAlgorithmName hash,
        CertificateFacts authority
    )
    {
        using RSA? key = authority.Certificate.PublicKey.GetRSAPublicKey();
        return key?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1) is true;
    }
}
