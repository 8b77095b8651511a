using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The subject alternative names of a certificate (RFC 5280, section 4.2.1.6), read by their kinds.</summary>
internal sealed class SubjectNames
{
    private const int Most = 256; // public CAs give at most 100

    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, 7);

    public List<string> Dns { get; } = [];

    public List<string> Uris { get; } = [];

    public List<IPAddress> Addresses { get; } = [];

    /// <summary>How many names of other kinds there are.</summary>
    public int Others { get; private set; }

    public int Count => Dns.Count + Uris.Count + Addresses.Count + Others;

    /// <summary>Null when there is not exactly one extension, or when it cannot be read. Never throws.</summary>
    public static SubjectNames? Of(X509Certificate2 certificate)
    {
        X509Extension[] extensions = [.. certificate.Extensions.Where(e => e.Oid?.Value == Oids.SubjectAltName)];
        if (extensions.Length != 1)
            return null;

        try
        {
            SubjectNames names = new();
            AsnReader whole = new(extensions[0].RawData, AsnEncodingRules.DER);
            for (AsnReader list = whole.ReadSequence(); list.HasData;)
                names.Take(list);
            return whole.HasData || names.Count is 0 or > Most ? null : names;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private void Take(AsnReader list)
    {
        Asn1Tag tag = list.PeekTag();
        if (tag.HasSameClassAndValue(DnsTag))
            Dns.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, DnsTag));
        else if (tag.HasSameClassAndValue(UriTag))
            Uris.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
        else if (tag.HasSameClassAndValue(AddressTag) && list.ReadOctetString(AddressTag) is { Length: 4 or 16 } bytes)
            Addresses.Add(new IPAddress(bytes));
        else
            TakeOther(list, tag);
    }

    private void TakeOther(AsnReader list, Asn1Tag tag)
    {
        if (!tag.HasSameClassAndValue(AddressTag)) // an address of odd length has been read already
            list.ReadEncodedValue();
        Others++;
    }
}
