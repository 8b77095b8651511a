using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Digests;

/// <summary>SHA-256 over the DER of one certificate: the hash that names exactly this certificate.</summary>
/// <remarks>
/// Never over PEM text and never over a concatenation of certificates. A reissued certificate has another fingerprint even
/// when its key is the same; what stays is the <see cref="SpkiFingerprint"/>. The two are different types so that one can
/// not be compared with the other.
/// </remarks>
public sealed record CertificateFingerprint
{
    private readonly byte[] digest;

    private CertificateFingerprint(byte[] digest) => this.digest = digest;

    /// <summary>The 32 bytes of the digest.</summary>
    public ReadOnlySpan<byte> Bytes => digest;

    /// <summary>Hashes the DER of a certificate (RFC 5280, section 4.1).</summary>
    /// <param name="certificate">The certificate; only its encoding is read.</param>
    /// <returns>Its fingerprint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is null.</exception>
    public static CertificateFingerprint Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new CertificateFingerprint(SHA256.HashData(certificate.RawDataMemory.Span));
    }

    /// <summary>Takes a stored digest.</summary>
    /// <param name="bytes">Exactly 32 bytes; any other length is refused.</param>
    /// <param name="value">The fingerprint, or null when refused.</param>
    /// <returns>Whether <paramref name="bytes"/> had the length of a SHA-256 digest.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CertificateFingerprint? value)
    {
        value = bytes.Length == Sha256Text.Size ? new CertificateFingerprint(bytes.ToArray()) : null;
        return value is not null;
    }

    /// <summary>
    /// Reads what a person copied: an optional <c>sha256:</c> in any case, then 64 hex digits or 32 pairs of hex digits
    /// with colons between them, in any case; white space around it is trimmed. Everything else is refused.
    /// </summary>
    /// <param name="text">The text; null is refused.</param>
    /// <param name="value">The fingerprint, or null when refused.</param>
    /// <returns>Whether the text was a SHA-256 fingerprint. Never throws.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CertificateFingerprint? value)
    {
        byte[] digest = new byte[Sha256Text.Size];
        value = Sha256Text.TryParse(text, digest) ? new CertificateFingerprint(digest) : null;
        return value is not null;
    }

    /// <summary>Compares by content, in a time that does not depend on where the two differ.</summary>
    /// <param name="other">The other fingerprint.</param>
    /// <returns>Whether both hold the same 32 bytes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public bool Matches(CertificateFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(digest, other.digest);
    }

    /// <summary>Equality of content; see <see cref="Matches"/>.</summary>
    /// <param name="other">The other fingerprint, or null.</param>
    /// <returns>Whether both hold the same 32 bytes.</returns>
    public bool Equals(CertificateFingerprint? other) => other is not null && Matches(other);

    /// <summary>A hash of the content that differs from process to process, so that nobody can aim at one bucket.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(digest);
        return hash.ToHashCode();
    }

    /// <summary>The canonical text.</summary>
    /// <returns>64 lower-case hex digits.</returns>
    public override string ToString() => Convert.ToHexStringLower(digest);

    /// <summary>The text as the files of a node have it.</summary>
    /// <returns><c>sha256:</c> and 64 lower-case hex digits.</returns>
    public string ToPrefixedString() => "sha256:" + ToString();
}
