using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>The name of a Service in its certificate: <c>spiffe://&lt;trust domain&gt;/service/&lt;id&gt;</c>.</summary>
internal static class SpiffeId
{
    private const string Scheme = "spiffe://";
    private const string Kind = "/service/";

    internal static string Of(string trustDomain, Guid serviceId) => $"{Scheme}{trustDomain}{Kind}{serviceId:D}";

    /// <summary>
    /// Reads the one form we write. No URI parser: <c>..</c>, escapes, ports, user names or capitals would give one Service
    /// several names.
    /// </summary>
    internal static bool TryParse(string uri, string trustDomain, out Guid serviceId)
    {
        string prefix = $"{Scheme}{trustDomain}{Kind}";
        serviceId = Guid.Empty;
        return uri.StartsWith(prefix, StringComparison.Ordinal)
            && Guid.TryParseExact(uri.AsSpan(prefix.Length), "D", out serviceId)
            && serviceId != Guid.Empty
            && string.Equals(uri, Of(trustDomain, serviceId), StringComparison.Ordinal);
    }

    /// <summary>Whether the certificate names one Service of this trust domain and nothing else; the subject is not asked.</summary>
    internal static bool TryRead(X509Certificate2 leaf, string trustDomain, out Guid serviceId)
    {
        serviceId = Guid.Empty;
        return SubjectNames.Of(leaf) is { Count: 1, Uris: [string uri] } && TryParse(uri, trustDomain, out serviceId);
    }
}
