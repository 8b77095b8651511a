using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Trust.Anchors;

/// <summary>A few certificates of authorities, as the Controller serves them and as <c>--ca-cert</c> names them.</summary>
/// <remarks>
/// A bundle from the network is public and proves nothing: an attacker can serve the genuine one, or the genuine one and his
/// own. Whoever fetched it takes the certificate he has a pin for, and nothing else.
/// </remarks>
public sealed class CertificateBundle
{
    /// <summary>How many bytes of PEM are read at most.</summary>
    public const int MaximumSize = 256 << 10;

    /// <summary>How many certificates are taken at most.</summary>
    public const int MaximumCertificates = 16;

    private const string Label = "CERTIFICATE";

    private CertificateBundle(IReadOnlyList<X509Certificate2> certificates) => Certificates = certificates;

    /// <summary>No certificate.</summary>
    public static CertificateBundle Empty { get; } = new([]);

    /// <summary>The certificates in the order of the text, each once. They live as long as the bundle.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; }

    /// <summary>Reads PEM (RFC 7468). Other blocks and text around them are passed over.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="bundle">The bundle with at least one certificate, or null when refused.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>Whether every certificate in it was readable and that of an authority. Never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> pem, [NotNullWhen(true)] out CertificateBundle? bundle, out BundleFault fault)
    {
        bundle = null;
        fault = BundleFault.TooLarge;
        if (pem.Length > MaximumSize)
            return false;

        List<X509Certificate2> certificates = [];
        fault = Read(Encoding.Latin1.GetString(pem), certificates);
        if (fault is BundleFault.None)
            bundle = new CertificateBundle(certificates);
        else
            certificates.ForEach(c => c.Dispose());
        return bundle is not null;
    }

    /// <summary>Makes a bundle of certificates at hand.</summary>
    /// <param name="certificates">The certificates; the bundle does not copy them, so they must outlive it.</param>
    /// <returns>The bundle.</returns>
    public static CertificateBundle Of(IEnumerable<X509Certificate2> certificates) =>
        new([.. certificates.DistinctBy(CertificateFingerprint.Of)]);

    /// <summary>Finds a certificate.</summary>
    /// <param name="fingerprint">SHA-256 of its DER.</param>
    /// <returns>The certificate, or null.</returns>
    public X509Certificate2? Find(CertificateFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return Certificates.FirstOrDefault(c => CertificateFingerprint.Of(c).Matches(fingerprint));
    }

    /// <summary>The certificates as PEM, in their order.</summary>
    /// <returns>The text, with a line feed at its end.</returns>
    public string ToPem() => string.Concat(Certificates.Select(c => c.ExportCertificatePem() + "\n"));

    private static BundleFault Read(ReadOnlySpan<char> text, List<X509Certificate2> certificates)
    {
        HashSet<CertificateFingerprint> seen = [];
        while (PemEncoding.TryFind(text, out PemFields block))
        {
            if (text[block.Label] is Label)
            {
                if (certificates.Count == MaximumCertificates)
                    return BundleFault.TooManyCertificates;
                BundleFault fault = TryLoad(text[block.Base64Data], out X509Certificate2? certificate);
                if (certificate is null)
                    return fault;
                if (seen.Add(CertificateFingerprint.Of(certificate)))
                    certificates.Add(certificate);
                else
                    certificate.Dispose();
            }

            text = text[block.Location.End..];
        }

        return certificates.Count > 0 ? BundleFault.None : BundleFault.NoCertificate;
    }

    private static BundleFault TryLoad(ReadOnlySpan<char> base64, out X509Certificate2? certificate)
    {
        certificate = null;
        try
        {
            X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64.ToString()));
            if (IsAuthority(loaded))
                certificate = loaded;
            else
                loaded.Dispose();
            return certificate is null ? BundleFault.NotACa : BundleFault.None;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return BundleFault.Unreadable;
        }
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        CertificateFacts.TryRead(certificate, out CertificateFacts? facts, out _) && facts.Extensions.IsAuthority;
}
