using System.Net;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Gateway;

/// <summary>Event ids 2300-2399. A released id keeps its meaning or retires.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(2301, LogLevel.Information, "Enrolled Service {ServiceId} with key {Key}, from {Address}, by {Way}")]
    public static partial void Enrolled(this ILogger logger, Guid serviceId, SpkiFingerprint key, IPAddress? address, string way);

    [LoggerMessage(2302, LogLevel.Warning, "Refused an enrollment from {Address}: {Fault}")]
    public static partial void EnrollmentRefused(this ILogger logger, IPAddress? address, EnrollFault fault);

    [LoggerMessage(2303, LogLevel.Information, "Service {ServiceId} with key {Key} waits for approval, from {Address}")]
    public static partial void WaitsForApproval(this ILogger logger, Guid serviceId, SpkiFingerprint key, IPAddress? address);

    [LoggerMessage(2304, LogLevel.Warning, "Refused a caller of the gateway at {Address}: {Refusal}")]
    public static partial void CallerRefused(this ILogger logger, IPAddress? address, ClientRefusal refusal);

    [LoggerMessage(2305, LogLevel.Debug, "Service {ServiceId} is connected")]
    public static partial void Connected(this ILogger logger, Guid serviceId);

    [LoggerMessage(2306, LogLevel.Debug, "Service {ServiceId} is no longer connected: {Reason}")]
    public static partial void Disconnected(this ILogger logger, Guid serviceId, string reason);

    [LoggerMessage(2307, LogLevel.Debug, "Service {ServiceId} connected once more; its former connection was ended")]
    public static partial void Replaced(this ILogger logger, Guid serviceId);

    [LoggerMessage(2320, LogLevel.Warning, "Service {ServiceId} took its connection over from itself {Times} times in quick succession: do two hosts have its key? Revoke it, and enroll both anew")]
    public static partial void TakenInTurn(this ILogger logger, Guid serviceId, int times);

    [LoggerMessage(2308, LogLevel.Information, "Renewed the certificate of Service {ServiceId}, valid until {NotAfter:u}")]
    public static partial void Renewed(this ILogger logger, Guid serviceId, DateTimeOffset notAfter);

    [LoggerMessage(2309, LogLevel.Information, "Told {Count} connected Services of the bundle, and asked {Renewals} of them to renew")]
    public static partial void BundlePushed(this ILogger logger, int count, int renewals);

    [LoggerMessage(2310, LogLevel.Error, "A certificate could not be issued: {Reason}")]
    public static partial void NotIssued(this ILogger logger, string reason);
}
