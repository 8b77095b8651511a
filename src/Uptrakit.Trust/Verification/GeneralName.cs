using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>One GeneralName (RFC 5280, section 4.2.1.6): the number of its form, and its content.</summary>
internal readonly record struct GeneralName(int Tag, ReadOnlyMemory<byte> Value)
{
    public const int Dns = 2;
    public const int Directory = 4;
    public const int IpAddress = 7;

    private const int LastTag = 8;

    /// <exception cref="AsnContentException">There is none.</exception>
    public static GeneralName Read(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue > LastTag)
            throw new AsnContentException("not a GeneralName");

        ReadOnlyMemory<byte> content = reader.PeekContentBytes();
        reader.ReadEncodedValue();
        return new GeneralName(tag.TagValue, content);
    }
}
