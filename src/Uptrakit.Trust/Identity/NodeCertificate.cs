using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Identity;

/// <summary>Issues the self-signed certificate that carries a node's key.</summary>
internal static class NodeCertificate
{
    private const int RsaBits = 3072;
    private const int Years = 10;
    private const int SerialBytes = 16; // at most 20 (RFC 5280, section 4.1.2.2)
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    internal static X509Certificate2 Create(NodeId nodeId, KeyType type, DateTimeOffset now)
    {
        switch (type)
        {
            case KeyType.EcdsaP256:
                using (ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    CertificateRequest request = new(NameOf(nodeId), key, HashAlgorithmName.SHA256);
                    using X509Certificate2 bare = Sign(request, X509SignatureGenerator.CreateForECDsa(key), now);
                    return bare.CopyWithPrivateKey(key);
                }

            case KeyType.Rsa3072:
                using (RSA key = RSA.Create(RsaBits))
                {
                    CertificateRequest request = new(NameOf(nodeId), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                    X509SignatureGenerator signer = X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1);
                    using X509Certificate2 bare = Sign(request, signer, now);
                    return bare.CopyWithPrivateKey(key);
                }

            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a kind of key");
        }
    }

    // For people who look at the certificate; nothing reads it back as a name.
    private static X500DistinguishedName NameOf(NodeId nodeId) => new($"CN={nodeId}");

    private static X509Certificate2 Sign(CertificateRequest request, X509SignatureGenerator signer, DateTimeOffset now)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuth), new Oid(ClientAuth)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // A day back: a peer whose clock is a little behind must not refuse a node that has just been made.
        return request.Create(request.SubjectName, signer, now.AddDays(-1), now.AddYears(Years), RandomSerial());
    }

    private static byte[] RandomSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40); // positive and never zero (RFC 5280, section 4.1.2.2)
        return serial;
    }
}
