using System.Net.Security;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>One place on the way of a probe, and what is asked there.</summary>
/// <param name="Headers">The check's own, with their secrets.</param>
internal readonly record struct HttpStop(
    Uri Place, string Method, byte[] Request, IReadOnlyList<(string Name, string Value)> Headers, SslStreamCertificateContext? Certificate)
{
    private const string BodyType = "Content-Type";

    /// <summary>Where a redirect leads.</summary>
    /// <remarks>
    /// RFC 9110, 15.4: what was not GET or HEAD becomes GET, except where 307 and 308 say to repeat it. Headers, passwords and the
    /// client certificate are for the target alone: another origin does not get them, and neither does the same host in clear text
    /// or on another port.
    /// </remarks>
    internal HttpStop Next(HttpPlan plan, int status, Uri place)
    {
        string method = status is 307 or 308 || Method == "HEAD" ? Method : "GET";
        byte[]? body = method == plan.Method ? plan.Body : null;
        bool isHome = IsHome(plan.Place, place);
        List<(string Name, string Value)> sent = [.. Headers.Where(h => IsBodyType(h.Name) ? body is not null : isHome)];
        return this with { Place = place, Method = method, Request = HttpRequestText.Write(method, place, sent, body) };
    }

    internal static bool IsHome(Uri home, Uri place) => place.Scheme == home.Scheme && place.Port == home.Port
        && place.IdnHost.Equals(home.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsBodyType(string name) => name.Equals(BodyType, StringComparison.OrdinalIgnoreCase);

    // A record would print the request, and the request holds passwords.
    public override string ToString() => $"{Method} to {Place.IdnHost}";
}
