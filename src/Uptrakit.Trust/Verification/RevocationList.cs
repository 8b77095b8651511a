using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>
/// A certificate revocation list (RFC 5280, section 5), at hand before the connection: none is ever fetched during one.
/// </summary>
/// <remarks>
/// The platform looks for lists only at the addresses that a peer's certificate names. Here the caller brings one, as the
/// Controller serves it. Lists that cover a part (an extension that is critical) are not taken.
/// </remarks>
public sealed class RevocationList
{
    private const int MaximumSize = 8 << 20;
    private const int VersionTwo = 1;
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);

    private readonly HashSet<string> serials = [];
    private readonly bool usable;
    private ReadOnlyMemory<byte> body;
    private byte[] signature = [];
    private AlgorithmIdentifier algorithm = AlgorithmIdentifier.Unknown;
    private ReadOnlyMemory<byte> issuer;
    private DateTimeOffset thisUpdate;
    private DateTimeOffset nextUpdate;

    private RevocationList(ReadOnlyMemory<byte> der) => usable = Read(der);

    /// <summary>Reads a list. Whether its issuer signed it is seen when it is used.</summary>
    /// <param name="der">The DER, at most 8 MiB.</param>
    /// <param name="list">The list, or null when it has not the form of one.</param>
    /// <returns>Whether it has the form. Never throws.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        if (der.Length > MaximumSize)
            return false;
        try
        {
            list = new RevocationList(der);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    internal bool IsFrom(CertificateFacts authority) => CertificateFacts.Same(issuer, authority.Subject);

    /// <summary>Whether the list is good, and the certificate is not on it. A forged or stale list clears nobody.</summary>
    internal bool Clears(CertificateFacts certificate, CertificateFacts authority, DateTimeOffset now)
    {
        if (!usable || now < thisUpdate || now > nextUpdate)
            return false;
        if (authority.Extensions.KeyUsage is { } uses && !uses.HasFlag(KeyUses.CrlSign))
            return false;
        return SignatureCheck.IsGood(algorithm, body.Span, signature, authority)
            && !serials.Contains(Convert.ToHexString(certificate.SerialNumber.Span));
    }

    private bool Read(ReadOnlyMemory<byte> der)
    {
        AsnReader whole = new(der, AsnEncodingRules.DER);
        AsnReader list = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        body = list.PeekEncodedValue();
        AsnReader fields = list.ReadSequence();
        ReadOnlyMemory<byte> outer = list.ReadEncodedValue();
        signature = list.ReadBitString(out _);

        bool second = fields.TryReadInt32(out int version) && version == VersionTwo;
        ReadOnlyMemory<byte> inner = fields.ReadEncodedValue();
        algorithm = AlgorithmIdentifier.Read(inner);
        issuer = fields.ReadEncodedValue();
        thisUpdate = DerTime.Read(fields);
        nextUpdate = DerTime.IsNext(fields) ? DerTime.Read(fields) : DateTimeOffset.MinValue;
        bool entries = ReadEntries(fields);
        return second && entries && CertificateFacts.Same(inner, outer) && ReadExtensions(fields);
    }

    private bool ReadEntries(AsnReader fields)
    {
        if (!fields.HasData || !fields.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
            return true;

        bool understood = true;
        AsnReader entries = fields.ReadSequence();
        while (entries.HasData)
        {
            AsnReader entry = entries.ReadSequence();
            serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
            DerTime.Read(entry);
            understood &= !entry.HasData || !HasCritical(entry.ReadSequence(), out _);
        }

        return understood;
    }

    // The number is what tells a newer list from an older one: a list must have it (section 5.2.3).
    private static bool ReadExtensions(AsnReader fields)
    {
        if (!fields.HasData)
            return false;
        bool critical = HasCritical(fields.ReadSequence(ExtensionsTag).ReadSequence(), out HashSet<string> seen);
        return !critical && seen.Contains(Oids.CrlNumber);
    }

    private static bool HasCritical(AsnReader extensions, out HashSet<string> seen)
    {
        seen = [];
        bool any = false;
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            bool critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            any |= critical && oid != Oids.CrlNumber;
            seen.Add(oid);
        }

        return any;
    }
}
