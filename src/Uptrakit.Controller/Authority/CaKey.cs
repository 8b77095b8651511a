using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The private key of a CA, for any number of threads.</summary>
/// <remarks>
/// The framework promises nothing about one key used by two threads at once, hence the lock; a P-256 signature holds it for
/// some 50 µs. Nobody disposes it: a snapshot that was replaced may still be signing, and the handle frees itself.
/// </remarks>
internal sealed class CaKey : X509SignatureGenerator
{
    private readonly Lock gate = new();
    private readonly AsymmetricAlgorithm key;
    private readonly X509SignatureGenerator inner;

    private CaKey(AsymmetricAlgorithm key)
    {
        this.key = key;
        inner = key switch
        {
            ECDsa ec => CreateForECDsa(ec),
            RSA rsa => CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
            _ => throw new ArgumentException("not a key that signs certificates", nameof(key)),
        };
        Hash = key is ECDsa && key.KeySize > 256 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
    }

    /// <summary>As strong as the key (SP 800-57, part 1, section 5.6.2).</summary>
    public HashAlgorithmName Hash { get; }

    public static CaKey Create(ECCurve curve) => new(ECDsa.Create(curve));

    /// <summary>Reads PKCS#8; the bytes stay the caller's to wipe.</summary>
    public static bool TryImport(ReadOnlySpan<byte> pkcs8, [NotNullWhen(true)] out CaKey? value)
    {
        value = null;
        foreach (AsymmetricAlgorithm candidate in (AsymmetricAlgorithm[])[ECDsa.Create(), RSA.Create()])
        {
            if (value is null && Imports(candidate, pkcs8))
                value = new CaKey(candidate);
            else
                candidate.Dispose();
        }

        return value is not null;
    }

    /// <summary>The caller wipes what comes out.</summary>
    public byte[] ExportPkcs8()
    {
        lock (gate)
            return key.ExportPkcs8PrivateKey();
    }

    public byte[] Sign(byte[] data) => SignData(data, Hash);

    public byte[] SignatureAlgorithm() => GetSignatureAlgorithmIdentifier(Hash);

    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        inner.GetSignatureAlgorithmIdentifier(hashAlgorithm);

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
    {
        lock (gate)
            return inner.SignData(data, hashAlgorithm);
    }

    protected override PublicKey BuildPublicKey() => inner.PublicKey;

    private static bool Imports(AsymmetricAlgorithm key, ReadOnlySpan<byte> pkcs8)
    {
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out int read);
            return read == pkcs8.Length;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false; // of the other kind, or on a curve that this machine's OpenSSL does not have
        }
    }
}
