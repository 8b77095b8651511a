using System.Net;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Cli;

/// <summary>The authority of a Controller in the time of <see cref="CliRun.Now"/>, and the certificates of its server.</summary>
internal sealed class ControllerCa(string name = "Test root") : IDisposable
{
    private readonly TestCa ca = TestCa.Root(name, CliRun.Now.AddDays(-10), CliRun.Now.AddYears(10));
    private readonly List<X509Certificate2> leaves = [];

    internal X509Certificate2 Root => ca.Certificate;

    internal CertificateFingerprint Fingerprint => ca.Fingerprint;

    internal string Words => FingerprintWords.Of(Fingerprint);

    internal string Pem => Root.ExportCertificatePem() + "\n";

    /// <summary>A certificate for a server at 127.0.0.1, or at another name.</summary>
    internal X509Certificate2 ServerLeaf(string? dnsName = null, DateTimeOffset? notAfter = null)
    {
        X509Certificate2 leaf = ca.Leaf(new LeafSpec
        {
            CommonName = "controller",
            DnsNames = dnsName is null ? [] : [dnsName],
            Addresses = dnsName is null ? [IPAddress.Loopback] : [],
            NotBefore = CliRun.Now.AddDays(-1),
            NotAfter = notAfter ?? CliRun.Now.AddDays(90),
        });
        leaves.Add(leaf);
        return leaf;
    }

    public void Dispose()
    {
        leaves.ForEach(static leaf => leaf.Dispose());
        Root.Dispose();
    }
}
