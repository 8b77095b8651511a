using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Uptrakit.Controller.Users;

/// <summary>How often one address may try to prove who it is.</summary>
/// <remarks>Lockout bounds guesses at one user, this bounds guesses at all of them, and the work of hashing.</remarks>
internal static class SignInLimits
{
    /// <summary>Passwords, one-time codes, passkeys, user codes: only what is posted counts.</summary>
    public const string SignIn = "sign-in";

    public static void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = static (rejected, cancel) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "10";
            return new ValueTask(rejected.HttpContext.Response.WriteAsync("Too many attempts from this address. Wait a minute and try again.\n", cancel));
        };
        options.AddPolicy(SignIn, static context => HttpMethods.IsPost(context.Request.Method)
            ? Bucket(context, burst: 20, perMinute: 20)
            : RateLimitPartition.GetNoLimiter(SignIn));
    }

    private static RateLimitPartition<string> Bucket(HttpContext context, int burst, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(Source(context.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perMinute / 6,
            ReplenishmentPeriod = TimeSpan.FromSeconds(10),
            QueueLimit = 0,
            AutoReplenishment = true,
        });

    // One host owns a whole /64 of IPv6.
    private static string Source(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
            return address?.MapToIPv4().ToString() ?? "unknown";
        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }
}
