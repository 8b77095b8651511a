using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Shared.Tls;

/// <summary>An authority of a test, honest or not.</summary>
internal sealed class TestCa
{
    /// <summary>When all tests happen that have a clock of their own.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa key;

    private TestCa(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = certificate;
        this.key = key;
    }

    public X509Certificate2 Certificate { get; }

    public CertificateFingerprint Fingerprint => CertificateFingerprint.Of(Certificate);

    public SpkiFingerprint Spki => SpkiFingerprint.Of(Certificate);

    public CertificateBundle Bundle => CertificateBundle.Of([Certificate]);

    public TrustAnchors Anchors => TrustAnchors.None.WithBundle(Bundle);

    /// <summary>A root.</summary>
    public static TestCa Root(
        string name = "Test Root",
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        params X509Extension[] extra
    )
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key, extra);
        return new TestCa(request.CreateSelfSigned(from ?? Now.AddYears(-1), until ?? Now.AddYears(20)), key);
    }

    /// <summary>Another key under the same name and the same key id: what anyone can make of a public certificate.</summary>
    public static TestCa CloneOf(TestCa genuine) => CloneOf(genuine.Certificate);

    /// <inheritdoc cref="CloneOf(TestCa)"/>
    public static TestCa CloneOf(X509Certificate2 genuine)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(genuine.SubjectName, key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in genuine.Extensions)
            request.CertificateExtensions.Add(extension);
        return new TestCa(request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(20)), key);
    }

    /// <summary>What anyone can do who has the certificate and the key of a leaf: play the authority.</summary>
    public static TestCa Posing(X509Certificate2 leaf) => new(leaf, leaf.GetECDsaPrivateKey()!);

    /// <summary>An authority below this one.</summary>
    public TestCa Issue(
        string name = "Test Issuing CA",
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        params X509Extension[] extra
    )
    {
        ECDsa below = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestCa(Sign(Request(name, below, extra), from ?? Now.AddYears(-1), until ?? Now.AddYears(5)), below);
    }

    /// <summary>A certificate by this authority for the name and key of another.</summary>
    public X509Certificate2 CrossSign(TestCa other)
    {
        CertificateRequest request = new(other.Certificate.SubjectName, other.key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in other.Certificate.Extensions.Where(e => e is not X509AuthorityKeyIdentifierExtension))
            request.CertificateExtensions.Add(extension);
        return Sign(request, Now.AddDays(-10), Now.AddYears(2));
    }

    /// <summary>A certificate for a server, with its key.</summary>
    public X509Certificate2 Leaf(LeafSpec? spec = null)
    {
        spec ??= new LeafSpec();
        AsymmetricAlgorithm own = spec.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = own is RSA rsa
            ? new($"CN={spec.CommonName}", rsa, spec.Hash, RSASignaturePadding.Pkcs1)
            : new($"CN={spec.CommonName}", (ECDsa)own, spec.Hash);
        foreach (X509Extension extension in spec.Extensions())
            request.CertificateExtensions.Add(extension);
        X509Certificate2 bare = Sign(request, spec.NotBefore, spec.NotAfter);
        return own is RSA privateRsa ? bare.CopyWithPrivateKey(privateRsa) : bare.CopyWithPrivateKey((ECDsa)own);
    }

    /// <summary>A certificate that only its own key has signed.</summary>
    public static X509Certificate2 SelfSigned(LeafSpec spec)
    {
        ECDsa own = (ECDsa?)spec.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={spec.CommonName}", own, spec.Hash);
        foreach (X509Extension extension in spec.Extensions())
            request.CertificateExtensions.Add(extension);
        if (spec.Hash != HashAlgorithmName.SHA1)
            return request.CreateSelfSigned(spec.NotBefore, spec.NotAfter);
        X509Certificate2 bare = request.Create(request.SubjectName, new Sha1Generator(own), spec.NotBefore, spec.NotAfter, [1]);
        return bare.CopyWithPrivateKey(own);
    }

    /// <summary>A revocation list of this authority.</summary>
    public byte[] RevocationList(DateTimeOffset until, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked)
            builder.AddEntry(certificate, Now.AddDays(-1));
        X509AuthorityKeyIdentifierExtension id = X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate,
            true,
            false
        );
        return builder.Build(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            1,
            until,
            HashAlgorithmName.SHA256,
            id,
            Now.AddDays(-1)
        );
    }

    public string KeyPem() => key.ExportPkcs8PrivateKeyPem();

    private static CertificateRequest Request(string name, ECDsa key, X509Extension[] extra)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        if (!extra.Any(e => e is X509BasicConstraintsExtension))
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        if (!extra.Any(e => e is X509KeyUsageExtension))
            request.CertificateExtensions.Add(
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
            );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        foreach (X509Extension extension in extra)
            request.CertificateExtensions.Add(extension);
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset from, DateTimeOffset until)
    {
        if (Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } id)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(id));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        X509SignatureGenerator signer =
            request.HashAlgorithm == HashAlgorithmName.SHA1 ? new Sha1Generator(key) : X509SignatureGenerator.CreateForECDsa(key);
        return request.Create(Certificate.SubjectName, signer, from, until, serial);
    }
}
