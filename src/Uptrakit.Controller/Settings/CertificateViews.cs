using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Settings;

/// <summary>Writes certificates as the API shows them.</summary>
internal static class CertificateViews
{
    public static AuthorityView Of(CaRecord ca, int living)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(ca.Certificate);
        return new AuthorityView(
            ca.Role.ToString().ToLowerInvariant(), ca.State.ToString().ToLowerInvariant(), certificate.Subject,
            CertificateFingerprint.Of(certificate).ToString(), certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), living);
    }

    public static ServerCertificateView Of(ServerCredential shown, bool isOperators)
    {
        X509SubjectAlternativeNameExtension? names = shown.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return new ServerCertificateView(
            isOperators ? "operator" : "own", CertificateFingerprint.Of(shown.Leaf).ToString(), shown.Key.ToString(),
            names is null ? [] : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(static address => address.ToString())],
            shown.NotAfter);
    }

    public static string FingerprintOf(CaRecord ca)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(ca.Certificate);
        return CertificateFingerprint.Of(certificate).ToString();
    }
}
