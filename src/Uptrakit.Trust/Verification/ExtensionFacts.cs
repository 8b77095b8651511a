using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>The extensions of a certificate (RFC 5280, section 4.2) that play a part, read.</summary>
internal sealed class ExtensionFacts
{
    public static readonly ExtensionFacts None = new();

    private static readonly FrozenSet<string> Understood = FrozenSet.ToFrozenSet([
        Oids.SubjectKeyId,
        Oids.KeyUsage,
        Oids.SubjectAltName,
        Oids.BasicConstraints,
        Oids.NameConstraints,
        Oids.CertificatePolicies,
        Oids.AuthorityKeyId,
        Oids.ExtendedKeyUsage,
    ]);

    private static readonly Asn1Tag KeyIdTag = new(TagClass.ContextSpecific, 0);

    private ExtensionFacts() { }

    /// <summary>The CA flag of basicConstraints.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>How many authorities may stand between this one and a server; null is any number.</summary>
    public int? PathLength { get; private set; }

    /// <summary>Null where the extension is absent, which allows every use.</summary>
    public KeyUses? KeyUsage { get; private set; }

    /// <summary>Null where the extension is absent, which allows every purpose.</summary>
    public IReadOnlyList<string>? Purposes { get; private set; }

    public GeneralNames Names { get; private set; } = GeneralNames.None;

    public NameConstraints? Constraints { get; private set; }

    public ReadOnlyMemory<byte> SubjectKeyId { get; private set; }

    public ReadOnlyMemory<byte> AuthorityKeyId { get; private set; }

    /// <exception cref="AsnContentException">The list is not one of extensions.</exception>
    public static bool TryRead(AsnReader list, [NotNullWhen(true)] out ExtensionFacts? facts)
    {
        facts = null;
        ExtensionFacts read = new();
        HashSet<string> seen = [];
        while (list.HasData)
        {
            AsnReader extension = list.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            bool critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            ReadOnlyMemory<byte> value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();

            // Which of two a program goes by differs from program to program (RFC 5280, section 4.2).
            if (!seen.Add(oid))
                return false;
            if (critical && !Understood.Contains(oid))
                return false;
            if (Understood.Contains(oid) && !read.TryTake(oid, value))
                return false;
        }

        facts = read;
        return true;
    }

    private bool TryTake(string oid, ReadOnlyMemory<byte> value)
    {
        try
        {
            return Take(oid, value);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private bool Take(string oid, ReadOnlyMemory<byte> value)
    {
        AsnReader reader = new(value, AsnEncodingRules.DER);
        switch (oid)
        {
            case Oids.BasicConstraints:
                return TakeBasicConstraints(reader);
            case Oids.KeyUsage:
                KeyUsage = (KeyUses)reader.ReadNamedBitListValue<KeyUses>();
                break;
            case Oids.ExtendedKeyUsage:
                return TakePurposes(reader);
            case Oids.SubjectAltName:
                bool good = GeneralNames.TryRead(value, out GeneralNames? names);
                Names = names ?? GeneralNames.None;
                return good;
            case Oids.NameConstraints:
                Constraints = NameConstraints.Read(reader.ReadSequence());
                break;
            case Oids.SubjectKeyId:
                SubjectKeyId = reader.ReadOctetString();
                break;
            case Oids.AuthorityKeyId:
                AsnReader fields = reader.ReadSequence();
                if (fields.HasData && fields.PeekTag().HasSameClassAndValue(KeyIdTag))
                    AuthorityKeyId = fields.ReadOctetString(KeyIdTag);
                break;
            default:
                return true;
        }

        return !reader.HasData;
    }

    private bool TakeBasicConstraints(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        if (fields.HasData && fields.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
            IsAuthority = fields.ReadBoolean();
        if (fields.HasData)
        {
            if (!fields.TryReadInt32(out int length) || length < 0)
                return false;
            PathLength = length;
        }

        return !fields.HasData && !reader.HasData;
    }

    private bool TakePurposes(AsnReader reader)
    {
        AsnReader list = reader.ReadSequence();
        List<string> purposes = [];
        while (list.HasData)
            purposes.Add(list.ReadObjectIdentifier());
        Purposes = purposes;
        return purposes.Count > 0 && !reader.HasData;
    }
}
