using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Web;

/// <summary>Whether a request is the operator's: it shows the token, or the cookie that the token was changed for.</summary>
/// <remarks>
/// The cookie is a random number that only this process knows by its hash; the token is in no cookie. A browser sends it to this
/// site only, and only from its own pages.
/// </remarks>
internal sealed class OperatorDoor(OperatorToken? token, TimeProvider clock, ILogger logger)
{
    public const string Cookie = "qu_operator";
    private const string Scheme = "Bearer ";
    private const int MaxSessions = 64;
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private readonly ConcurrentDictionary<string, long> sessions = new(StringComparer.Ordinal);
    // Ten wrong ones at once from an address, then one in five seconds: more are answered shorter, and not logged.
    private readonly AddressBucket guesses = new(burst: 10, perSecond: 0.2, clock);

    public enum Entry
    {
        Open,
        Closed,

        /// <summary>Wrong too often; ask later.</summary>
        Later,
    }

    public bool Exists => token is not null;

    /// <summary>Who shows nothing is just a reader.</summary>
    public Entry Of(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } cookie && HasSession(cookie))
            return Entry.Open;
        return OfToken(context);
    }

    public bool IsOpen(HttpContext context) => Of(context) == Entry.Open;

    /// <summary>By the token alone, for what changes something: a cookie comes along whoever has made the browser ask.</summary>
    public Entry OfToken(HttpContext context)
    {
        string shown = context.Request.Headers.Authorization.ToString();
        return shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Try(context, shown[Scheme.Length..].Trim()) : Entry.Closed;
    }

    /// <summary>What a form of this session holds, and no other page knows; null: there is no session.</summary>
    /// <remarks>
    /// SameSite=Strict keeps the cookie from other sites, but every port and, to some browsers, every name under the same domain is
    /// the same site. So a form shows that it was read with the cookie, too.
    /// </remarks>
    public string? FormKey(HttpContext context) =>
        context.Request.Cookies[Cookie] is { } cookie && HasSession(cookie) ? HashOf($"form of {cookie}") : null;

    public bool IsFormOf(HttpContext context, string shown) => FormKey(context) is { } key
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(shown));

    /// <summary>A form on another site must do nothing here. Browsers say where a form was, in one of these two headers; "null" is no place.</summary>
    /// <remarks>With neither it is taken: no browser of today sends none, and what changes something needs <see cref="IsFormOf"/> besides.</remarks>
    public static bool IsOwnForm(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (!request.HasFormContentType || (site.Length > 0 && site is not ("same-origin" or "none")))
            return false;
        string origin = request.Headers.Origin.ToString();
        // HTTPS also where a proxy has ended it and this side sees none.
        return site == "same-origin" || origin.Length == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
            || string.Equals(origin, $"https://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Changes the token for a cookie.</summary>
    public Entry Enter(HttpContext context, string shown)
    {
        Entry entry = Try(context, shown);
        if (entry != Entry.Open)
            return entry;
        Forget();
        string cookie = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        sessions[HashOf(cookie)] = clock.GetTimestamp();
        context.Response.Cookies.Append(Cookie, cookie, Options(context));
        logger.OperatorCame(AddressOf(context));
        return Entry.Open;
    }

    public void Leave(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } cookie)
            sessions.TryRemove(HashOf(cookie), out _);
        context.Response.Cookies.Delete(Cookie, Options(context));
    }

    private Entry Try(HttpContext context, string shown)
    {
        IPAddress address = AddressOf(context);
        if (token is null)
            return Entry.Closed;
        // The right one passes however many wrong ones came before: behind a proxy all readers have one address, and a stranger who guesses
        // must not keep the operator and Prometheus out. So guessing is as fast as the node answers, and a token is too long for that.
        if (token.Opens(shown))
            return Entry.Open;
        if (!guesses.TryTake(address))
            return Entry.Later;
        logger.TokenRefused(address);
        return Entry.Closed;
    }

    private bool HasSession(string cookie) => sessions.TryGetValue(HashOf(cookie), out long begun) && clock.GetElapsedTime(begun) < Life;

    /// <summary>Room for one more: those that have ended go, then the oldest.</summary>
    private void Forget()
    {
        foreach ((string hash, long begun) in sessions)
        {
            if (clock.GetElapsedTime(begun) >= Life)
                sessions.TryRemove(hash, out _);
        }

        while (sessions.Count >= MaxSessions)
            sessions.TryRemove(sessions.MinBy(static session => session.Value).Key, out _);
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = Life };

    private static string HashOf(string cookie) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(cookie)));

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
