using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Identity;

/// <summary>The private key of a Service: ECDSA on P-256. It leaves this type only towards its file and a handshake.</summary>
internal sealed class ServiceKey : IDisposable
{
    private readonly ECDsa key;

    private ServiceKey(ECDsa key)
    {
        this.key = key;
        Fingerprint = SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>What an operator compares before an approval, and what a proof is bound to.</summary>
    public SpkiFingerprint Fingerprint { get; }

    public static ServiceKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static bool TryParse(ReadOnlySpan<byte> pem, [NotNullWhen(true)] out ServiceKey? key)
    {
        key = null;
        ECDsa found = ECDsa.Create();
        try
        {
            found.ImportFromPem(Encoding.ASCII.GetString(pem));
            // Another curve is not one of ours, whatever this machine's library can read.
            if (found.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value && HasPrivate(found))
                key = new ServiceKey(found);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException)
        {
            // Not a key: said by the answer.
        }

        if (key is null)
            found.Dispose();
        return key is not null;
    }

    /// <summary>PKCS#8 in PEM. The caller wipes it.</summary>
    public byte[] ToPem()
    {
        byte[] der = key.ExportPkcs8PrivateKey();
        char[] text = PemEncoding.Write("PRIVATE KEY", der);
        try
        {
            return [.. Encoding.ASCII.GetBytes(text), (byte)'\n'];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
            Array.Clear(text);
        }
    }

    /// <summary>PKCS#10 (RFC 2986), DER. The name in it is for readers of logs only: the Controller takes nothing but the key.</summary>
    public byte[] SigningRequest() =>
        new CertificateRequest("CN=uptrakit service", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    public bool Fits(X509Certificate2 certificate) =>
        SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? certified) && certified.Matches(Fingerprint);

    /// <summary>The certificate with this key, for a handshake.</summary>
    public X509Certificate2 Join(X509Certificate2 certificate) => certificate.CopyWithPrivateKey(key);

    public void Dispose() => key.Dispose();

    public override string ToString() => Fingerprint.ToString();

    // A file with a public key reads as well.
    private static bool HasPrivate(ECDsa key)
    {
        byte[]? secret = key.ExportParameters(includePrivateParameters: true).D;
        CryptographicOperations.ZeroMemory(secret);
        return secret is { Length: > 0 };
    }
}
