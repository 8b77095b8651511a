using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Cli;

/// <summary>An authority as a Controller has one: a root that issues certificates for servers.</summary>
internal sealed class TestCa : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private readonly List<X509Certificate2> leaves = [];

    internal TestCa(string name = "Test root")
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 2, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        root = request.CreateSelfSigned(CliRun.Now.AddDays(-10), CliRun.Now.AddYears(10));
    }

    internal X509Certificate2 Root => root;

    internal CertificateFingerprint Fingerprint => CertificateFingerprint.Of(root);

    internal string Words => FingerprintWords.Of(Fingerprint);

    internal string Pem => root.ExportCertificatePem() + "\n";

    /// <summary>A certificate for a server at 127.0.0.1, or at another name.</summary>
    internal X509Certificate2 ServerLeaf(string? dnsName = null, DateTimeOffset? notAfter = null)
    {
        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=controller", leafKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        if (dnsName is null)
            names.AddIpAddress(IPAddress.Loopback);
        else
            names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        using X509Certificate2 bare = request.Create(root, CliRun.Now.AddDays(-1),
            notAfter ?? CliRun.Now.AddDays(90), RandomNumberGenerator.GetBytes(8));
        X509Certificate2 leaf = bare.CopyWithPrivateKey(leafKey);
        leaves.Add(leaf);
        return leaf;
    }

    public void Dispose()
    {
        leaves.ForEach(leaf => leaf.Dispose());
        root.Dispose();
        key.Dispose();
    }
}
