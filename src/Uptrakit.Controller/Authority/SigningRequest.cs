using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>Why a PKCS#10 request was not taken.</summary>
internal enum CsrFault
{
    None,
    TooLarge,
    Unreadable,

    /// <summary>Not P-256, P-384 or RSA of 2048 to 4096 bits.</summary>
    Key,

    /// <summary>Signed with SHA-1, or with something unknown.</summary>
    Algorithm,

    /// <summary>The signature is not by the key that is to be certified.</summary>
    Signature,
}

/// <summary>A key that somebody proved to hold. Nothing else of a request is kept: names and extensions are ours to choose.</summary>
internal sealed record SigningRequest
{
    /// <summary>A request with a 4096-bit RSA key takes 1.7 KiB.</summary>
    public const int MaximumSize = 16 << 10;

    private SigningRequest(PublicKey publicKey, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        PublicKey = publicKey;
        SubjectPublicKeyInfo = subjectPublicKeyInfo;
        Key = SpkiFingerprint.OfSubjectPublicKeyInfo(subjectPublicKeyInfo.Span);
    }

    public PublicKey PublicKey { get; }

    /// <summary>DER, as the request had it.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    public SpkiFingerprint Key { get; }

    /// <summary>Reads PKCS#10 (RFC 2986) in DER or PEM and checks that its own key signed it. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out SigningRequest? value, out CsrFault fault)
    {
        value = null;
        fault = CsrFault.TooLarge;
        if (encoded.Length > MaximumSize)
            return false;

        fault = CsrFault.Unreadable;
        if (!TryDer(encoded, out byte[]? der) || !TryTakeApart(der, out ReadOnlyMemory<byte> key, out string? algorithm))
            return false;

        // Both before the signature is verified: the work of that depends on what the stranger chose.
        fault = CsrFault.Key;
        if (!KeyPolicy.Accepts(key))
            return false;
        fault = CsrFault.Algorithm;
        if (!Oids.StrongSignatures.Contains(algorithm))
            return false;

        fault = CsrFault.Signature;
        if (!TryVerify(der, out PublicKey? publicKey) || !key.Span.SequenceEqual(publicKey.ExportSubjectPublicKeyInfo()))
            return false;

        fault = CsrFault.None;
        value = new SigningRequest(publicKey, key);
        return true;
    }

    /// <summary>The request for a key of our own.</summary>
    public static SigningRequest For(ECDsa key)
    {
        byte[] subjectPublicKeyInfo = key.ExportSubjectPublicKeyInfo();
        return new SigningRequest(PublicKey.CreateFromSubjectPublicKeyInfo(subjectPublicKeyInfo, out _), subjectPublicKeyInfo);
    }

    /// <summary>What to tell the sender.</summary>
    public static string Describe(CsrFault fault) => fault switch
    {
        CsrFault.None => "the request is in order",
        CsrFault.TooLarge => $"the certificate request is larger than {MaximumSize} bytes",
        CsrFault.Key => "the key is not P-256, P-384 or RSA of 2048 to 4096 bits",
        CsrFault.Algorithm => "the certificate request is not signed with SHA-2 and ECDSA or RSA (PKCS#1)",
        CsrFault.Signature => "the certificate request is not signed by the key in it",
        _ => "the certificate request is not PKCS#10 in DER or PEM",
    };

    private static bool TryDer(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        if (encoded.TrimStart(" \t\r\n"u8) is not [(byte)'-', ..])
        {
            der = encoded.ToArray();
            return true;
        }

        string text = Encoding.ASCII.GetString(encoded);
        if (!PemEncoding.TryFind(text, out PemFields fields)
            || text[fields.Label] is not ("CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST"))
            return false;

        der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], der, out int written) && written == der.Length;
    }

    // CertificationRequest: { version, subject, subjectPKInfo, attributes }, signatureAlgorithm, signature.
    private static bool TryTakeApart(byte[] der, out ReadOnlyMemory<byte> key, [NotNullWhen(true)] out string? algorithm)
    {
        key = default;
        algorithm = null;
        try
        {
            AsnReader whole = new(der, AsnEncodingRules.DER);
            AsnReader request = whole.ReadSequence();
            AsnReader info = request.ReadSequence();
            info.ReadInteger();
            info.ReadSequence();
            key = info.ReadEncodedValue();
            algorithm = request.ReadSequence().ReadObjectIdentifier();
            request.ReadBitString(out _);
            return !request.HasData && !whole.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool TryVerify(byte[] der, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        try
        {
            // Without the option that loads the requested extensions: what a stranger asks for never gets near a certificate.
            key = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, out _).PublicKey;
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
