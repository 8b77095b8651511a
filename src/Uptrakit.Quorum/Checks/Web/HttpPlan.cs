using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>All that can be worked out from an http check before it is probed.</summary>
internal sealed class HttpPlan
{
    private const int UsualRedirects = 10;
    private const int RedirectLimit = 20;
    private const int HeaderLimit = 64;

    // The connection is the probe's: what frames a request on it is not for the operator to say.
    private static readonly string[] s_ownHeaders = ["Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Expect"];
    private static readonly string[] s_unusableMethods = ["CONNECT"];

    private readonly HttpOptions options;
    private readonly string id;

    internal HttpPlan(Check check)
    {
        id = check.Id;
        options = check.Http ?? new HttpOptions();
        Expect = StatusSet.Of(check);
        Method = options.Method.Length == 0 ? "GET" : options.Method.ToUpperInvariant();
        Body = options.Body.Length == 0 ? null : Encoding.UTF8.GetBytes(options.Body);
        Match = Bytes(check.BodyMatch);
        NotMatch = Bytes(options.BodyNotMatch);
        Redirects = options.Redirects == 0 ? UsualRedirects : Math.Clamp(options.Redirects, 0, RedirectLimit);
        Fault = Read(check.Target) ?? FaultOfOptions() ?? ReadRules();
        // Most checks send the same bytes each time.
        if (Fault is null && HasOnlyKeptSecrets() && TryHeaders(new NodeSecrets(), out List<(string, string)> headers, out _))
            Keep(HttpRequestText.Write(Method, Place, headers, Body), headers);
    }

    /// <summary>Why this check cannot be probed.</summary>
    internal string? Fault { get; }

    internal Uri Place { get; private set; } = null!;

    internal string Method { get; }

    internal byte[]? Body { get; }

    internal StatusSet Expect { get; }

    internal byte[]? Match { get; }

    internal byte[]? NotMatch { get; }

    internal JsonRule[] Json { get; private set; } = [];

    /// <summary>How many are followed.</summary>
    internal int Redirects { get; }

    /// <summary>The request to the target itself; null when it holds secrets that are looked up each time, or that are not opened yet.</summary>
    internal KeptRequest? Ready { get; private set; }

    internal bool ReadsBody => Match is not null || NotMatch is not null || Json.Length > 0;

    internal bool RedirectsAnywhere => options.InnerRedirects;

    internal bool Insecure => options.Insecure;

    internal int WarnDays => options.WarnDays;

    internal Secret? ClientCertificate => options.ClientCertificate;

    internal SecretPlace PlaceOf(string field) => new(id, field);

    internal long SlowMs => options.SlowMs;

    internal long TooSlowMs => options.TooSlowMs;

    /// <summary>Reads a web address that can be asked for.</summary>
    /// <param name="origin">What a relative one is relative to; null takes only a whole one.</param>
    internal static bool TryWeb(Uri? origin, string? text, out Uri place)
    {
        bool read = origin is null ? Uri.TryCreate(text, UriKind.Absolute, out Uri? found) : Uri.TryCreate(origin, text, out found);
        place = found!;
        try
        {
            return read && (place.Scheme == Uri.UriSchemeHttp || place.Scheme == Uri.UriSchemeHttps)
                && HttpRequestText.IsValue(place.PathAndQuery) && !place.PathAndQuery.AsSpan().ContainsAny(' ', '\t')
                && HttpRequestText.IsValue(place.IdnHost) && place.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            // A host name that has no form in ASCII.
            return false;
        }
    }

    /// <summary>The headers of the check with their secrets.</summary>
    internal bool TryHeaders(ISecrets secrets, out List<(string Name, string Value)> headers, out string fault)
    {
        headers = [];
        if (!secrets.TryRead(PlaceOf(SecretSlots.Bearer), options.Bearer, out string bearer, out fault)
            || !secrets.TryRead(PlaceOf(SecretSlots.Password), options.Password, out string password, out fault))
            return false;
        if (bearer.Length > 0)
            headers.Add(("Authorization", $"Bearer {bearer}"));
        else if (options.User.Length > 0)
            headers.Add(("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{password}"))}"));
        foreach (HttpHeader header in options.Headers)
        {
            if (!secrets.TryRead(PlaceOf(SecretSlots.Header(header.Name)), header.Value, out string value, out fault))
                return false;
            headers.Add((header.Name, value.Trim(' ', '\t')));
        }

        if (Body is not null && !HttpRequestText.Has(headers, "Content-Type"))
            headers.Add(("Content-Type", BodyType()));
        if (headers.FirstOrDefault(h => !HttpRequestText.IsValue(h.Value)).Name is { } name)
            fault = $"the value of the header {name} has a character that a header cannot have";
        return fault.Length == 0;
    }

    /// <summary>What is in the state, sealed or not, changes only when the check does, and this plan is gone then: it is opened once.</summary>
    internal byte[] Keep(byte[] request, List<(string Name, string Value)> headers)
    {
        if (HasOnlyKeptSecrets())
            Ready = new KeptRequest(request, headers);
        return request;
    }

    private static byte[]? Bytes(string text) => text.Length == 0 ? null : Encoding.UTF8.GetBytes(text);

    private string? Read(string target)
    {
        bool isWeb = TryWeb(null, target, out Uri place);
        Place = place;
        return isWeb ? null : "the target is not an http or https URL";
    }

    private string? FaultOfOptions()
    {
        if (!HttpRequestText.IsToken(Method) || s_unusableMethods.Contains(Method))
            return $"the method '{PlainText.Clean(Method, 20)}' cannot be used; GET, HEAD, POST, PUT and the like can";
        if (options.Headers.Count > HeaderLimit)
            return $"a request has at most {HeaderLimit} headers";
        foreach (HttpHeader header in options.Headers)
        {
            if (!HttpRequestText.IsToken(header.Name))
                return $"'{PlainText.Clean(header.Name, 40)}' is not the name of a header";
            if (s_ownHeaders.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                return $"the header {header.Name} cannot be set: the connection decides it";
        }

        // The user name ends at the first colon (RFC 7617, 2).
        return options.User.Contains(':') ? "a user name for basic authentication has no colon" : null;
    }

    private string? ReadRules()
    {
        if (options.Json.Count > JsonWatch.RuleLimit)
            return $"a check has at most {JsonWatch.RuleLimit} JSON conditions";
        List<JsonRule> rules = [];
        foreach (JsonCondition condition in options.Json)
        {
            if (!JsonRule.TryParse(condition, out JsonRule? rule, out string fault))
                return fault;
            rules.Add(rule);
        }

        Json = [.. rules];
        return null;
    }

    private bool HasOnlyKeptSecrets() =>
        NodeSecrets.IsKept(options.Bearer) && NodeSecrets.IsKept(options.Password)
        && options.Headers.All(static h => NodeSecrets.IsKept(h.Value));

    private string BodyType() => options.Body.AsSpan().TrimStart() is ['{' or '[', ..]
        ? "application/json"
        : "application/x-www-form-urlencoded";
}

/// <summary>A request that is the same each time. Not a record: it may hold secrets.</summary>
internal sealed class KeptRequest(byte[] bytes, IReadOnlyList<(string Name, string Value)> headers)
{
    internal byte[] Bytes => bytes;

    internal IReadOnlyList<(string Name, string Value)> Headers => headers;
}
