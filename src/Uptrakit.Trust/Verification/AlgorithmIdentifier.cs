using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>An AlgorithmIdentifier (RFC 5280, section 4.1.1.2): an OID and its parameters, raw.</summary>
internal sealed record AlgorithmIdentifier(string Oid, ReadOnlyMemory<byte> Parameters)
{
    public static readonly AlgorithmIdentifier Unknown = new("", default);

    /// <exception cref="AsnContentException">It is not one.</exception>
    public static AlgorithmIdentifier Read(ReadOnlyMemory<byte> der)
    {
        AsnReader fields = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        string oid = fields.ReadObjectIdentifier();
        ReadOnlyMemory<byte> parameters = fields.HasData ? fields.ReadEncodedValue() : default;
        fields.ThrowIfNotEmpty();
        return new AlgorithmIdentifier(oid, parameters);
    }
}
