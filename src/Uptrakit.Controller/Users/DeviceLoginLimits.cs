using System.Net;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using Uptrakit.Controller.Host;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Uptrakit.Controller.Users;

/// <summary>How often one address may ask for a login of a device, and how many logins may be asked for at all.</summary>
/// <remarks>
/// OpenIddict answers inside the authentication, before any limit on routes, and writes rows for whoever asks. The decision is taken from the
/// endpoint that it has found itself: a comparison of paths would let through what it still recognizes.
/// </remarks>
internal sealed class DeviceLoginLimits(TimeProvider clock) : IOpenIddictServerHandler<ProcessRequestContext>
{
    /// <summary>Two rows each, and kept for an hour: 8,000 logins at most, whoever asks.</summary>
    internal const int BeginsAtOnce = 100;

    internal const int BeginsAtOnceEach = 10;
    internal const int AsksAtOnceEach = 60;

    private readonly Buckets<int> all = new(perSecond: 2, burst: BeginsAtOnce, clock);
    private readonly AddressBuckets begins = new(perSecond: 10.0 / 60, burst: BeginsAtOnceEach, clock);
    private readonly AddressBuckets asks = new(perSecond: 2, burst: AsksAtOnceEach, clock); // a device asks every five seconds

    public ValueTask HandleAsync(ProcessRequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IPAddress? from = context.Transaction.GetHttpRequest()?.HttpContext.Connection.RemoteIpAddress;
        bool taken = context.EndpointType switch
        {
            OpenIddictServerEndpointType.Unknown => true,
            // The address first: one that has asked too often takes nothing from the others.
            OpenIddictServerEndpointType.DeviceAuthorization => begins.TryTakeFor(from) && all.TryTake(0),
            _ => asks.TryTakeFor(from),
        };
        if (!taken)
            context.Reject(Errors.SlowDown, "Too many requests. Wait a minute and try again.");
        return ValueTask.CompletedTask;
    }
}
