using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Identity;

/// <summary>Keys and certificates in PEM (RFC 7468). Null stands for text that does not hold what is asked for.</summary>
internal static class KeyPem
{
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const int MinimumRsaBits = 2048; // SP 800-131A; OpenSSL refuses less in a handshake
    private const int MinimumEcBits = 256;

    /// <summary>The private key as PKCS#8 (RFC 5208). The caller wipes the bytes.</summary>
    internal static byte[] PrivateOf(X509Certificate2 pair)
    {
        using AsymmetricAlgorithm key = KeyOf(pair);
        byte[] der = key.ExportPkcs8PrivateKey();
        char[] text = new char[PemEncoding.GetEncodedSize(Pkcs8.Length, der.Length) + 1];
        try
        {
            PemEncoding.TryWrite(Pkcs8, der, text, out int written);
            text[written] = '\n';
            return Encoding.ASCII.GetBytes(text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
            Array.Clear(text);
        }
    }

    internal static AsymmetricAlgorithm? PrivateKeyOf(ReadOnlySpan<byte> pem)
    {
        char[] text = new char[pem.Length];
        try
        {
            Encoding.ASCII.GetChars(pem, text);
            if (!TryFind(text, [Pkcs8, Sec1, Pkcs1], out string? label, out byte[]? der))
                return null;
            AsymmetricAlgorithm? key = Import(label, der);
            CryptographicOperations.ZeroMemory(der);
            return key;
        }
        finally
        {
            Array.Clear(text);
        }
    }

    internal static SpkiFingerprint? PublicFingerprintOf(ReadOnlySpan<byte> pem) =>
        TryFind(Encoding.ASCII.GetString(pem), ["PUBLIC KEY"], out _, out byte[]? der)
            ? SpkiFingerprint.OfSubjectPublicKeyInfo(der)
            : null;

    internal static X509Certificate2? CertificateOf(ReadOnlySpan<byte> pem)
    {
        if (!TryFind(Encoding.ASCII.GetString(pem), ["CERTIFICATE"], out _, out byte[]? der))
            return null;
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The certificate with its key, or null when they do not belong together.</summary>
    internal static X509Certificate2? Join(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        SpkiFingerprint owned = SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
        if (!SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? certified) || !certified.Matches(owned))
            return null;

        return key switch
        {
            ECDsa ec => certificate.CopyWithPrivateKey(ec),
            RSA rsa => certificate.CopyWithPrivateKey(rsa),
            _ => null,
        };
    }

    private static AsymmetricAlgorithm KeyOf(X509Certificate2 pair) =>
        (AsymmetricAlgorithm?)pair.GetECDsaPrivateKey() ?? pair.GetRSAPrivateKey()
        ?? throw new CryptographicException("The certificate carries no ECDSA or RSA private key.");

    private static bool TryFind(
        ReadOnlySpan<char> text, string[] labels, [NotNullWhen(true)] out string? label, [NotNullWhen(true)] out byte[]? der)
    {
        label = null;
        der = null;
        // OpenSSL writes an "EC PARAMETERS" block in front of a key: skip what is not asked for.
        for (ReadOnlySpan<char> rest = text; PemEncoding.TryFind(rest, out PemFields fields); rest = rest[fields.Location.End..])
        {
            string found = rest[fields.Label].ToString();
            if (!labels.Contains(found))
                continue;

            label = found;
            der = new byte[fields.DecodedDataLength];
            return Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out int written) && written == der.Length;
        }

        return false;
    }

    private static AsymmetricAlgorithm? Import(string label, byte[] der) => label switch
    {
        Sec1 => ImportInto(ECDsa.Create(), der, static (key, der) => key.ImportECPrivateKey(der, out _)),
        Pkcs1 => ImportInto(RSA.Create(), der, static (key, der) => key.ImportRSAPrivateKey(der, out _)),
        _ => ImportInto<AsymmetricAlgorithm>(ECDsa.Create(), der, static (key, der) => key.ImportPkcs8PrivateKey(der, out _))
            ?? ImportInto<AsymmetricAlgorithm>(RSA.Create(), der, static (key, der) => key.ImportPkcs8PrivateKey(der, out _)),
    };

    private static T? ImportInto<T>(T key, byte[] der, Action<T, byte[]> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key, der);
            if (key.KeySize >= (key is RSA ? MinimumRsaBits : MinimumEcBits))
                return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // Not a key of this kind, or on a curve that this machine's OpenSSL does not have.
        }

        key.Dispose();
        return null;
    }
}
