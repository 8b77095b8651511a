using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Shared;

/// <summary>A P-256 key, and self-signed leaves for it under any name: what a peer that owns a key can make for itself.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<X509Certificate2> leaves = [];

    public SpkiFingerprint Pin => SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());

    public byte[] SubjectPublicKeyInfo => key.ExportSubjectPublicKeyInfo();

    /// <summary>
    /// A self-signed certificate with its private key, fit for SslStream; this object disposes it. By default it is valid
    /// from 1999 to 2099, so that both a fake clock at its start and a real one accept it.
    /// </summary>
    public X509Certificate2 Leaf(
        string cn, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, params X509Extension[] extensions)
    {
        CertificateRequest request = new($"CN={cn}", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in extensions)
            request.CertificateExtensions.Add(extension);

        X509Certificate2 leaf = request.CreateSelfSigned(notBefore ?? Year(1999), notAfter ?? Year(2099));
        leaves.Add(leaf);
        return leaf;
    }

    /// <summary>A certificate for this key that another key has signed, under an issuer that nobody has.</summary>
    public X509Certificate2 LeafSignedBy(TestKey issuer, string cn, params X509Extension[] extensions)
    {
        CertificateRequest request = new($"CN={cn}", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in extensions)
            request.CertificateExtensions.Add(extension);

        using X509Certificate2 bare = request.Create(
            new X500DistinguishedName($"CN=issuer of {cn}"),
            X509SignatureGenerator.CreateForECDsa(issuer.key),
            Year(1999),
            Year(2099),
            RandomNumberGenerator.GetBytes(8));
        X509Certificate2 leaf = bare.CopyWithPrivateKey(key);
        leaves.Add(leaf);
        return leaf;
    }

    public void Dispose()
    {
        foreach (X509Certificate2 leaf in leaves)
            leaf.Dispose();
        key.Dispose();
    }

    private static DateTimeOffset Year(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
