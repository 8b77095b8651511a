using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Verification;

/// <summary>What a certificate says (RFC 5280, section 4.1), read from exactly the bytes that are signed.</summary>
/// <remarks>
/// The framework's own properties read BER as well as DER, keep one of two equal extensions and throw on first use. Here a
/// certificate is read once, strictly, and a fault is a refusal.
/// </remarks>
internal sealed class CertificateFacts
{
    private const int VersionThree = 2;
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    private CertificateFacts(X509Certificate2 certificate) => Certificate = certificate;

    public X509Certificate2 Certificate { get; }

    public ReadOnlyMemory<byte> Raw => Certificate.RawDataMemory;

    /// <summary>The part that is signed (TBSCertificate).</summary>
    public ReadOnlyMemory<byte> Signed { get; private set; }

    public byte[] SignatureValue { get; private set; } = [];

    public AlgorithmIdentifier Signature { get; private set; } = AlgorithmIdentifier.Unknown;

    public ReadOnlyMemory<byte> SerialNumber { get; private set; }

    public ReadOnlyMemory<byte> Issuer { get; private set; }

    public ReadOnlyMemory<byte> Subject { get; private set; }

    public DateTimeOffset NotBefore { get; private set; }

    public DateTimeOffset NotAfter { get; private set; }

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; private set; }

    public ExtensionFacts Extensions { get; private set; } = ExtensionFacts.None;

    public bool SelfIssued => Same(Issuer, Subject);

    public static bool Same(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) => a.Span.SequenceEqual(b.Span);

    /// <summary>Whether both are certificates of one authority: the same name with the same key.</summary>
    public bool IsSameAuthorityAs(CertificateFacts other) =>
        Same(Subject, other.Subject) && Same(SubjectPublicKeyInfo, other.SubjectPublicKeyInfo);

    /// <summary>Reads a certificate, or says what is wrong with its form.</summary>
    public static bool TryRead(
        X509Certificate2 certificate,
        [NotNullWhen(true)] out CertificateFacts? facts,
        out ServerRefusal refusal
    )
    {
        facts = new CertificateFacts(certificate);
        try
        {
            refusal = facts.Read();
        }
        catch (AsnContentException)
        {
            refusal = ServerRefusal.Unreadable;
        }

        if (refusal is not ServerRefusal.None)
            facts = null;
        return facts is not null;
    }

    private ServerRefusal Read()
    {
        AsnReader whole = new(Raw, AsnEncodingRules.DER);
        AsnReader certificate = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        Signed = certificate.PeekEncodedValue();
        AsnReader body = certificate.ReadSequence();
        ReadOnlyMemory<byte> outer = certificate.ReadEncodedValue();
        SignatureValue = certificate.ReadBitString(out _);
        certificate.ThrowIfNotEmpty();

        if (!body.PeekTag().HasSameClassAndValue(VersionTag))
            return ServerRefusal.OldVersion;
        if (!body.ReadSequence(VersionTag).TryReadInt32(out int version) || version != VersionThree)
            return ServerRefusal.OldVersion;

        SerialNumber = body.ReadIntegerBytes();
        if ((SerialNumber.Span[0] & 0x80) != 0)
            return ServerRefusal.Unreadable; // negative (RFC 5280, section 4.1.2.2)
        ReadOnlyMemory<byte> inner = body.ReadEncodedValue();
        // Only the inner one is signed; a reader that goes by the outer one is led astray (RFC 5280, section 4.1.1.2).
        if (!Same(inner, outer))
            return ServerRefusal.BadSignature;
        Signature = AlgorithmIdentifier.Read(inner);

        Issuer = body.ReadEncodedValue();
        ReadValidity(body.ReadSequence());
        Subject = body.ReadEncodedValue();
        SubjectPublicKeyInfo = body.ReadEncodedValue();
        return ReadExtensions(body);
    }

    private void ReadValidity(AsnReader validity)
    {
        NotBefore = DerTime.Read(validity);
        NotAfter = DerTime.Read(validity);
        validity.ThrowIfNotEmpty();
    }

    private ServerRefusal ReadExtensions(AsnReader body)
    {
        // Unique identifiers ([1] and [2]) were never of use and are of no interest.
        while (body.HasData && !body.PeekTag().HasSameClassAndValue(ExtensionsTag))
            body.ReadEncodedValue();
        if (!body.HasData)
            return ServerRefusal.None;

        AsnReader wrapped = body.ReadSequence(ExtensionsTag);
        body.ThrowIfNotEmpty();
        if (!ExtensionFacts.TryRead(wrapped.ReadSequence(), out ExtensionFacts? extensions))
            return ServerRefusal.BadExtension;
        wrapped.ThrowIfNotEmpty();
        Extensions = extensions;
        return ServerRefusal.None;
    }
}
