using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.Tests.Services;

/// <summary>A root, an issuing CA below it, and what they issue to servers and Services.</summary>
internal sealed class TestFleetCa
{
    private static readonly X509BasicConstraintsExtension TwoBelow = new(true, true, 2, critical: true);

    private readonly ECDsa issuingKey = ECDsa.Create();

    public TestFleetCa(string name = "Fleet Root")
    {
        Root = TestCa.Root(name, extra: TwoBelow);
        Issuing = Root.Issue($"{name} Issuing");
        issuingKey.ImportFromPem(Issuing.KeyPem());
    }

    public TestCa Root { get; }

    public TestCa Issuing { get; }

    public X509Certificate2 Server(params string[] names) => Issuing.Leaf(new LeafSpec
    {
        DnsNames = names.Length > 0 ? names : ["localhost"],
        Addresses = names.Length > 0 ? [] : [IPAddress.Loopback],
    });

    /// <summary>A client certificate for the key of a request.</summary>
    public X509Certificate2 Client(byte[] csr, Guid controller, Guid service, DateTimeOffset from, DateTimeOffset until)
    {
        CertificateRequest asked = CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256);
        CertificateRequest request = new(new X500DistinguishedName($"CN={service}"), asked.PublicKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddUri(new Uri($"spiffe://{controller}/service/{service}"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(LeafSpec.ClientAuth)], false));
        return request.Create(Issuing.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuingKey), from, until, RandomNumberGenerator.GetBytes(12));
    }
}
