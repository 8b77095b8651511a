using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Anchors;

/// <summary>Certificates of one source, found by their subject and loaded only when one is asked for.</summary>
/// <remarks>To load 142 public roots takes tens of milliseconds; a chain needs one of them.</remarks>
internal sealed class AnchorSet
{
    private readonly List<Lazy<TrustAnchor?>> all = [];
    private readonly Dictionary<string, List<Lazy<TrustAnchor?>>> named = [];

    /// <summary>Takes encodings; what is not a certificate is left out, as is one that is there already.</summary>
    public AnchorSet(AnchorSource source, IEnumerable<ReadOnlyMemory<byte>> encodings)
    {
        HashSet<string> seen = [];
        foreach (ReadOnlyMemory<byte> der in encodings)
        {
            if (SubjectName.TryRead(der, out ReadOnlyMemory<byte> subject) && seen.Add(Convert.ToHexString(der.Span)))
                Add(subject, new Lazy<TrustAnchor?>(() => TryLoad(der, source)));
        }
    }

    /// <summary>Takes certificates.</summary>
    public AnchorSet(AnchorSource source, IEnumerable<X509Certificate2> certificates)
    {
        foreach (X509Certificate2 certificate in certificates)
            Add(certificate.SubjectName.RawData, new Lazy<TrustAnchor?>(new TrustAnchor(certificate, source)));
    }

    public int Count => all.Count;

    public IEnumerable<TrustAnchor> All => Loaded(all);

    public IEnumerable<TrustAnchor> Named(ReadOnlyMemory<byte> subject) =>
        named.TryGetValue(Convert.ToHexString(subject.Span), out List<Lazy<TrustAnchor?>>? found) ? Loaded(found) : [];

    private static IEnumerable<TrustAnchor> Loaded(List<Lazy<TrustAnchor?>> anchors) =>
        anchors.Select(a => a.Value).OfType<TrustAnchor>();

    // One broken file in a folder of roots must not stop every connection.
    private static TrustAnchor? TryLoad(ReadOnlyMemory<byte> der, AnchorSource source)
    {
        try
        {
            return new TrustAnchor(X509CertificateLoader.LoadCertificate(der.Span), source);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private void Add(ReadOnlyMemory<byte> subject, Lazy<TrustAnchor?> anchor)
    {
        string key = Convert.ToHexString(subject.Span);
        if (!named.TryGetValue(key, out List<Lazy<TrustAnchor?>>? sharing))
            named[key] = sharing = [];
        sharing.Add(anchor);
        all.Add(anchor);
    }
}
