using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>What every certificate below a root has in common.</summary>
internal static class Extensions
{
    internal static X509SubjectKeyIdentifierExtension SubjectKeyId(PublicKey key) =>
        new(key, X509SubjectKeyIdentifierHashAlgorithm.ShortSha256, critical: false); // RFC 7093, method 1

    /// <summary>Who signed it and, when there is an address, where its issuer, its CRL and OCSP are.</summary>
    internal static void AddIssuer(CertificateRequest request, LiveCa issuer, PkiAddress? pki)
    {
        request.CertificateExtensions.Add(AuthorityKeyId(issuer));
        if (pki is null)
            return;

        request.CertificateExtensions.Add(
            new X509AuthorityInformationAccessExtension([pki.Ocsp], [pki.Issuer(issuer.KeyId)], critical: false));
        request.CertificateExtensions.Add(
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([pki.Crl(issuer.KeyId)], critical: false));
    }

    internal static X509AuthorityKeyIdentifierExtension AuthorityKeyId(LiveCa issuer) =>
        X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            issuer.Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false);

    /// <summary>Dates that stay within the issuer's: a leaf that outlives its CA breaks on a day nobody expects.</summary>
    internal static (DateTimeOffset From, DateTimeOffset To) Within(LiveCa issuer, DateTimeOffset from, DateTimeOffset to) =>
        (from < issuer.NotBefore ? issuer.NotBefore : from, to > issuer.NotAfter ? issuer.NotAfter : to);

    /// <summary>Certificates count whole seconds.</summary>
    internal static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
