using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>What a kind of leaf looks like.</summary>
internal sealed record LeafTemplate(
    LeafKind Kind, string Usage, string? CommonName, SubjectAlternativeNameBuilder Names, TimeSpan Lifetime)
{
    public X500DistinguishedName Subject()
    {
        X500DistinguishedNameBuilder name = new(); // encodes: a name with a comma or an equals sign stays one value
        if (CommonName is not null)
            name.AddCommonName(CommonName);
        return name.Build();
    }

    // One use each: with both, any Service could stand in for the server.
    public X509Extension UsageExtension() => new X509EnhancedKeyUsageExtension([new Oid(Usage)], critical: false);

    // Critical when there is no subject (RFC 5280, section 4.2.1.6).
    public X509Extension NamesExtension() => Names.Build(critical: CommonName is null);
}
