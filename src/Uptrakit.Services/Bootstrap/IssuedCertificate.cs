using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Bootstrap;

/// <summary>Whether a certificate is what was asked for: stored unseen, a wrong one would lock this Service out.</summary>
internal static class IssuedCertificate
{
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string AlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The end of a sentence that begins with the certificate, or null.</summary>
    public static string? FaultOf(X509Certificate2 leaf, ServiceKey key, Guid controller, Guid service, DateTimeOffset now)
    {
        if (!key.Fits(leaf))
            return "is for another key than the one that asked";
        if (!UrisOf(leaf).Contains($"spiffe://{controller:D}/service/{service:D}", StringComparer.Ordinal))
            return "does not name this Service";
        if (!leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(uses => uses.EnhancedKeyUsages[ClientAuth] is not null))
            return "is not for TLS clients";
        return now >= leaf.NotAfter ? "has expired already: compare this machine's clock ('timedatectl') with the Controller's" : null;
    }

    private static List<string> UrisOf(X509Certificate2 leaf)
    {
        List<string> uris = [];
        try
        {
            foreach (X509Extension extension in leaf.Extensions.Where(extension => extension.Oid?.Value == AlternativeName))
            {
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                    else
                        names.ReadEncodedValue();
                }
            }
        }
        catch (AsnContentException)
        {
            uris.Clear();
        }

        return uris;
    }
}
