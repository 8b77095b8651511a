using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Authority;

/// <summary>A CA with its certificate read and its key open.</summary>
internal sealed class LiveCa
{
    private LiveCa(CaRecord record, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> above, CaKey? key)
    {
        Record = record;
        Certificate = certificate;
        Above = above;
        Key = key;
        KeyId = KeyIdOf(certificate) ?? throw new CryptographicException("A CA certificate has no subject key identifier.");
        NotBefore = new DateTimeOffset(certificate.NotBefore).ToUniversalTime();
        NotAfter = new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
    }

    public CaRecord Record { get; }

    public Guid Id => Record.Id;

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificates above it, its anchor last; empty when it is its own anchor.</summary>
    public IReadOnlyList<X509Certificate2> Above { get; }

    public X509Certificate2 Anchor => Above.Count == 0 ? Certificate : Above[^1];

    /// <summary>Null once it is retired.</summary>
    public CaKey? Key { get; }

    /// <summary>Its subject key identifier in lower-case hex: how its CRL and its certificate are addressed.</summary>
    public string KeyId { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public CertificateFingerprint Fingerprint => CertificateFingerprint.Of(Certificate);

    /// <summary>Opens a stored CA.</summary>
    /// <param name="record">The CA.</param>
    /// <param name="root">Of an issuing CA: the certificate of its root.</param>
    /// <param name="sealer">Opens its key.</param>
    /// <param name="ca">The CA, ready to sign.</param>
    /// <param name="fault">Else: a sentence for the operator.</param>
    public static bool TryOpen(
        CaRecord record,
        X509Certificate2? root,
        IKeySealer sealer,
        [NotNullWhen(true)] out LiveCa? ca,
        [NotNullWhen(false)] out string? fault)
    {
        ca = null;
        X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(record.Certificate);
        IReadOnlyList<X509Certificate2> above = record.Role switch
        {
            CaRole.Issuing => [root ?? throw new InvalidOperationException($"CA {record.Id} has no root in the store")],
            CaRole.External => Split(record.Above),
            _ => [],
        };
        if (!TryOpenKey(record, certificate, sealer, out CaKey? key, out fault))
            return false;

        ca = new LiveCa(record, certificate, above, key);
        return true;
    }

    internal static string? KeyIdOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } extension
            ? Convert.ToHexStringLower(extension.SubjectKeyIdentifierBytes.Span)
            : null;

    internal static IReadOnlyList<X509Certificate2> Split(byte[] backToBack)
    {
        List<X509Certificate2> certificates = [];
        for (AsnReader rest = new(backToBack, AsnEncodingRules.DER); rest.HasData;)
            certificates.Add(X509CertificateLoader.LoadCertificate(rest.ReadEncodedValue().Span));
        return certificates;
    }

    private static bool TryOpenKey(
        CaRecord record, X509Certificate2 certificate, IKeySealer sealer, out CaKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        fault = null;
        if (record.State == CaState.Retired)
            return true;

        if (sealer.TryUnseal(record.SealedKey, record.SealContext, out byte[]? secret))
        {
            CaKey.TryImport(secret, out key);
            CryptographicOperations.ZeroMemory(secret);
        }

        // A key that opens but belongs to another certificate would sign what nobody can verify.
        if (key is null || !key.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(
            certificate.PublicKey.ExportSubjectPublicKeyInfo()))
        {
            fault = $"the key of the CA '{certificate.Subject}' cannot be opened: {KeySealer.FileName} in the state folder "
                + "is not the one it was sealed with; copy that from a backup, or from another Controller of this database";
        }

        return fault is null;
    }
}
