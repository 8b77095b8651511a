using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Uptrakit.Controller.Authority;

/// <summary>A CA that the operator brought: it signs leaves itself, under the operator's root.</summary>
internal sealed record ExternalCa
{
    private const int MaximumSize = 64 << 10;
    private const int MaximumCertificates = 4; // the CA, two above it, and a root

    private ExternalCa(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> above, CaKey key)
    {
        Certificate = certificate;
        Above = above;
        Key = key;
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>From its issuer up to the root; empty when it is a root itself.</summary>
    public IReadOnlyList<X509Certificate2> Above { get; }

    public CaKey Key { get; }

    /// <summary>Judges the two files. The chain stands in the certificate file: the CA first, each followed by its issuer.</summary>
    /// <param name="certificatePem">Content of <c>--ca-cert</c>.</param>
    /// <param name="keyPem">Content of <c>--ca-key</c>: PKCS#8, SEC 1 or PKCS#1, not encrypted. The caller wipes it.</param>
    /// <param name="now">The time.</param>
    /// <param name="value">The CA.</param>
    /// <param name="fault">Else: a sentence that names the flag.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> certificatePem,
        ReadOnlySpan<byte> keyPem,
        DateTimeOffset now,
        [NotNullWhen(true)] out ExternalCa? value,
        [NotNullWhen(false)] out string? fault)
    {
        value = null;
        fault = "--ca-cert or --ca-key is too large for a PEM file";
        if (certificatePem.Length > MaximumSize || keyPem.Length > MaximumSize)
            return false;
        if (!TryReadChain(certificatePem, out IReadOnlyList<X509Certificate2> chain))
        {
            fault = $"--ca-cert holds no readable PEM certificates, or more than {MaximumCertificates}";
            return false;
        }

        fault = PathFault(chain, now);
        if (fault is not null)
            return false;
        if (!PemKey.TryRead(keyPem, out CaKey? key))
        {
            fault = "--ca-key holds no usable private key (PEM, not encrypted, P-256, P-384 or RSA)";
            return false;
        }

        X509Certificate2 certificate = chain[0];
        if (!key.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
        {
            fault = "--ca-key does not belong to the first certificate in --ca-cert";
            return false;
        }

        value = new ExternalCa(certificate, [.. chain.Skip(1)], key);
        return true;
    }

    /// <summary>Whether clients that trust the root of that CA trust this one too.</summary>
    public bool HasAnchorOf(CaRecord other)
    {
        byte[] anchor = Above.Count == 0 ? Certificate.RawData : Above[^1].RawData;
        byte[] trusted = other.Above.Length == 0 ? other.Certificate : LiveCa.Split(other.Above)[^1].RawData;
        return anchor.AsSpan().SequenceEqual(trusted);
    }

    /// <summary>Whether it is the same name and key, with another certificate perhaps.</summary>
    public bool IsSameCaAs(CaRecord other)
    {
        using X509Certificate2 known = X509CertificateLoader.LoadCertificate(other.Certificate);
        return known.SubjectName.RawData.AsSpan().SequenceEqual(Certificate.SubjectName.RawData)
            && known.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>As it is stored.</summary>
    public byte[] AboveDer() => [.. Above.SelectMany(certificate => certificate.RawData)];

    private static bool TryReadChain(ReadOnlySpan<byte> pem, out IReadOnlyList<X509Certificate2> chain)
    {
        chain = [];
        try
        {
            X509Certificate2Collection read = [];
            read.ImportFromPem(Encoding.ASCII.GetString(pem));
            chain = [.. read];
        }
        catch (CryptographicException)
        {
            return false;
        }

        return chain.Count is > 0 and <= MaximumCertificates;
    }

    private static string? PathFault(IReadOnlyList<X509Certificate2> chain, DateTimeOffset now)
    {
        for (int below = 0; below < chain.Count; below++)
        {
            if (CaFault(chain[below], below, now) is { } fault)
                return $"--ca-cert: '{chain[below].Subject}' {fault}";
        }

        X509Certificate2 top = chain[^1];
        if (!top.SubjectName.RawData.AsSpan().SequenceEqual(top.IssuerName.RawData))
            return $"--ca-cert ends with '{top.Subject}', which is not a root: add the certificates above it, up to its root";

        // A self-signed CA is judged as its own anchor.
        IReadOnlyList<X509Certificate2> above = chain.Count == 1 ? [] : [.. chain.Skip(1)];
        if (above.Count > 0 && !OfflineChain.Holds(chain[0], above, usage: null, now))
            return "--ca-cert: the certificates do not form one chain, the CA first and its root last";
        return null;
    }

    private static string? CaFault(X509Certificate2 certificate, int below, DateTimeOffset now)
    {
        X509BasicConstraintsExtension? basic = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        X509KeyUsageFlags usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages ?? default;
        if (basic is not { CertificateAuthority: true })
            return "is not a CA (basicConstraints)";
        // Path validation of the CA itself does not see this: it counts what stands above a leaf, and there is none yet.
        if (basic.HasPathLengthConstraint && basic.PathLengthConstraint < below)
            return $"allows {basic.PathLengthConstraint} CAs below it, and there are {below} (pathLenConstraint)";
        if (!usage.HasFlag(X509KeyUsageFlags.KeyCertSign) || !usage.HasFlag(X509KeyUsageFlags.CrlSign))
            return "may not sign certificates and revocation lists (keyUsage keyCertSign, cRLSign)";
        if (certificate.NotBefore.ToUniversalTime() > now.UtcDateTime)
            return $"is not valid before {certificate.NotBefore.ToUniversalTime():u}";
        if (certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime)
            return $"has expired on {certificate.NotAfter.ToUniversalTime():u}";
        if (!KeyPolicy.Accepts(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            return "has a key that is not P-256, P-384 or RSA of 2048 to 4096 bits";
        if (!Oids.StrongSignatures.Contains(certificate.SignatureAlgorithm.Value ?? ""))
            return "is not signed with SHA-2 and ECDSA or RSA (PKCS#1)";
        return LiveCa.KeyIdOf(certificate) is null ? "has no subject key identifier" : null;
    }
}
