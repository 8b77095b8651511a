using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Tests.Shared.Tls;

/// <summary>What a server's certificate is to say. As it stands, it is a good one for localhost.</summary>
internal sealed record LeafSpec
{
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    public string CommonName { get; init; } = "a server";

    public IReadOnlyList<string> DnsNames { get; init; } = ["localhost"];

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    public IReadOnlyList<Uri> Uris { get; init; } = [];

    public string? Purpose { get; init; } = ServerAuth;

    public bool Authority { get; init; }

    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public DateTimeOffset NotBefore { get; init; } = TestCa.Now.AddDays(-1);

    public DateTimeOffset NotAfter { get; init; } = TestCa.Now.AddDays(90);

    public AsymmetricAlgorithm? Key { get; init; }

    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    public IReadOnlyList<X509Extension> Extra { get; init; } = [];

    public IEnumerable<X509Extension> Extensions()
    {
        yield return new X509BasicConstraintsExtension(Authority, false, 0, critical: true);
        if (KeyUsage is { } usage)
            yield return new X509KeyUsageExtension(usage, critical: true);
        if (Purpose is not null)
            yield return new X509EnhancedKeyUsageExtension([new Oid(Purpose)], critical: false);
        if (Names() is { } names)
            yield return names;
        foreach (X509Extension extension in Extra)
            yield return extension;
    }

    private X509Extension? Names()
    {
        if (DnsNames.Count + Addresses.Count + Uris.Count == 0)
            return null;
        SubjectAlternativeNameBuilder names = new();
        foreach (string name in DnsNames)
            names.AddDnsName(name);
        foreach (IPAddress address in Addresses)
            names.AddIpAddress(address);
        foreach (Uri uri in Uris)
            names.AddUri(uri);
        return names.Build();
    }
}
