using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Contracts.Explain;

/// <summary>A certificate for people. Subject, issuer and names are the peer's words: show them through a filter.</summary>
/// <param name="Subject">Its subject.</param>
/// <param name="Issuer">Its issuer.</param>
/// <param name="Fingerprint">SHA-256 of its DER.</param>
/// <param name="Spki">SHA-256 of its key; null when that can not be read.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
/// <param name="Names">The names in it (SAN): DNS names and addresses.</param>
/// <param name="Purposes">Its purposes (EKU): <c>serverAuth</c>, <c>clientAuth</c>, or an OID; empty allows all.</param>
/// <param name="IsAuthority">Its CA flag.</param>
public sealed record ExplainedCertificate(
    string Subject,
    string Issuer,
    CertificateFingerprint Fingerprint,
    SpkiFingerprint? Spki,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Purposes,
    bool IsAuthority
)
{
    internal static ExplainedCertificate Of(X509Certificate2 certificate) =>
        new(
            certificate.Subject,
            certificate.Issuer,
            CertificateFingerprint.Of(certificate),
            SpkiFingerprint.TryOf(certificate, out SpkiFingerprint? key) ? key : null,
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            Read(NamesOf, certificate),
            Read(PurposesOf, certificate),
            Read(AuthorityOf, certificate).Count > 0
        );

    // A stranger's extension may be malformed; the verdict says so, the table just lacks it.
    private static IReadOnlyList<string> Read(Func<X509Certificate2, IEnumerable<string>> reader, X509Certificate2 certificate)
    {
        try
        {
            return [.. reader(certificate)];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString())));

    private static IEnumerable<string> PurposesOf(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid =>
                oid.Value switch
                {
                    "1.3.6.1.5.5.7.3.1" => "serverAuth",
                    "1.3.6.1.5.5.7.3.2" => "clientAuth",
                    var other => other ?? "",
                }
            );

    private static IEnumerable<string> AuthorityOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Where(e => e.CertificateAuthority).Select(_ => "CA");
}
