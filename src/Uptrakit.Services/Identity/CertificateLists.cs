using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Identity;

/// <summary>Lists of certificates that come from a file or over the wire: bounded before anything in them is read.</summary>
internal static class CertificateLists
{
    // As in a bundle; former roots come in pairs with what they signed.
    private const int Most = CertificateBundle.MaximumCertificates;

    /// <summary>Anchors: authorities, nothing else. A fault is the end of a sentence.</summary>
    public static bool TryAnchors(
        IEnumerable<byte[]> encodings, [NotNullWhen(true)] out CertificateBundle? bundle, [NotNullWhen(false)] out string? fault)
    {
        // By way of its text, because the bundle's own parser is the one that knows what may be in a bundle.
        StringBuilder pem = new();
        int size = 0;
        foreach (byte[] der in encodings)
        {
            size += der.Length;
            if (size > CertificateBundle.MaximumSize)
                break;
            pem.Append(PemEncoding.Write("CERTIFICATE", der)).Append('\n');
        }

        fault = CertificateBundle.TryParse(Encoding.ASCII.GetBytes(pem.ToString()), out bundle, out BundleFault found) ? null : found switch
        {
            BundleFault.TooLarge => "is larger than 256 KiB",
            BundleFault.TooManyCertificates => $"has more than {Most} certificates",
            BundleFault.NotACa => "has a certificate that is not that of an authority",
            BundleFault.Unreadable => "has a certificate that cannot be read",
            _ => "has no certificate",
        };
        if (size > CertificateBundle.MaximumSize)
            (bundle, fault) = (null, "is larger than 256 KiB");
        return fault is null;
    }

    /// <summary>
    /// Former roots and cross-certificates, oldest first; none at all is in order. Of too many the newest are taken: that a
    /// Controller is old must not keep its Services from its bundle.
    /// </summary>
    public static bool TryEvidence(
        IEnumerable<byte[]> encodings, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? certificates, [NotNullWhen(false)] out string? fault)
    {
        byte[][] all = [.. encodings.TakeLast(2 * Most)];
        certificates = [];
        fault = null;
        return all.Length == 0 || TryLoad(all, 2 * Most, out certificates, out fault);
    }

    /// <summary>A certificate and what is above it: at least the one.</summary>
    public static bool TryChain(
        IEnumerable<byte[]> encodings, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? chain, [NotNullWhen(false)] out string? fault) =>
        TryLoad([.. encodings.Take(Most + 1)], Most, out chain, out fault);

    private static bool TryLoad(
        byte[][] encodings, int most, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? certificates, [NotNullWhen(false)] out string? fault)
    {
        certificates = null;
        fault = encodings.Length == 0 ? "has no certificate"
            : encodings.Length > most ? $"has more than {most} certificates"
            : encodings.Sum(der => (long)der.Length) > CertificateBundle.MaximumSize ? "is larger than 256 KiB"
            : null;
        if (fault is not null)
            return false;

        List<X509Certificate2> loaded = [];
        try
        {
            foreach (byte[] der in encodings)
            {
                X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
                loaded.Add(certificate);
                // One that the verifier could not read either must not be stored.
                if (!SpkiFingerprint.TryOf(certificate, out _))
                    throw new CryptographicException();
            }

            certificates = loaded;
            return true;
        }
        catch (CryptographicException)
        {
            loaded.ForEach(certificate => certificate.Dispose());
            fault = "has a certificate that cannot be read";
            return false;
        }
    }
}
