using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Digests;

/// <summary>SHA-256 over the SubjectPublicKeyInfo of a key: the hash that a pin demands (RFC 7469, section 2.4).</summary>
/// <remarks>
/// It covers the algorithm and its parameters as well as the key, so a key under substituted curve parameters has another
/// fingerprint. It stays the same when a certificate is reissued for the same key.
/// </remarks>
public sealed record SpkiFingerprint
{
    private readonly byte[] digest;

    private SpkiFingerprint(byte[] digest) => this.digest = digest;

    /// <summary>The 32 bytes of the digest.</summary>
    public ReadOnlySpan<byte> Bytes => digest;

    /// <summary>Hashes the SubjectPublicKeyInfo of a certificate, exactly as the certificate holds it.</summary>
    /// <param name="certificate">The certificate; name, dates and signature play no part.</param>
    /// <returns>The fingerprint of its key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is null.</exception>
    /// <exception cref="CryptographicException">The certificate does not have the form of RFC 5280, section 4.1.</exception>
    public static SpkiFingerprint Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return TryOf(certificate, out SpkiFingerprint? value)
            ? value
            : throw new CryptographicException("The certificate holds no readable SubjectPublicKeyInfo.");
    }

    /// <summary>As <see cref="Of"/>, for a certificate that a stranger sent.</summary>
    /// <param name="certificate">The certificate, or null.</param>
    /// <param name="value">The fingerprint of its key, or null when refused.</param>
    /// <returns>Whether the key could be read. Never throws for what the certificate holds.</returns>
    public static bool TryOf(X509Certificate2? certificate, [NotNullWhen(true)] out SpkiFingerprint? value)
    {
        value = certificate is not null && SubjectPublicKey.TryRead(certificate.RawDataMemory, out ReadOnlyMemory<byte> key)
            ? OfSubjectPublicKeyInfo(key.Span)
            : null;
        return value is not null;
    }

    /// <summary>Hashes a SubjectPublicKeyInfo.</summary>
    /// <param name="der">The DER of the SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). It is hashed, not judged.</param>
    /// <returns>Its fingerprint.</returns>
    public static SpkiFingerprint OfSubjectPublicKeyInfo(ReadOnlySpan<byte> der) => new(SHA256.HashData(der));

    /// <summary>Takes a stored digest.</summary>
    /// <param name="bytes">Exactly 32 bytes; any other length is refused.</param>
    /// <param name="value">The fingerprint, or null when refused.</param>
    /// <returns>Whether <paramref name="bytes"/> had the length of a SHA-256 digest.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SpkiFingerprint? value)
    {
        value = bytes.Length == Sha256Text.Size ? new SpkiFingerprint(bytes.ToArray()) : null;
        return value is not null;
    }

    /// <summary>
    /// Reads what a person copied: an optional <c>sha256:</c> in any case, then 64 hex digits or 32 pairs of hex digits
    /// with colons between them, in any case; white space around it is trimmed. Everything else is refused.
    /// </summary>
    /// <param name="text">The text; null is refused.</param>
    /// <param name="value">The fingerprint, or null when refused.</param>
    /// <returns>Whether the text was a SHA-256 fingerprint. Never throws.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SpkiFingerprint? value)
    {
        byte[] digest = new byte[Sha256Text.Size];
        value = Sha256Text.TryParse(text, digest) ? new SpkiFingerprint(digest) : null;
        return value is not null;
    }

    /// <summary>Compares by content, in a time that does not depend on where the two differ.</summary>
    /// <param name="other">The other fingerprint.</param>
    /// <returns>Whether both hold the same 32 bytes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public bool Matches(SpkiFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(digest, other.digest);
    }

    /// <summary>Equality of content; see <see cref="Matches"/>.</summary>
    /// <param name="other">The other fingerprint, or null.</param>
    /// <returns>Whether both hold the same 32 bytes.</returns>
    public bool Equals(SpkiFingerprint? other) => other is not null && Matches(other);

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
