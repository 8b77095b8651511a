using Microsoft.Extensions.Logging;

namespace Uptrakit.Services.Session;

/// <summary>Event ids 2200-2299. A released id keeps its meaning or retires.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(2201, LogLevel.Information, "Connected to Controller {Controller} at {Address} as {Service}; trust mode {Mode}")]
    public static partial void Connected(this ILogger logger, Guid controller, string address, Guid service, string mode);

    [LoggerMessage(2202, LogLevel.Information, "The connection to {Address} ended: {Words}; next try in {Seconds:0.0} s")]
    public static partial void Lost(this ILogger logger, string address, string words, double seconds);

    [LoggerMessage(2203, LogLevel.Error, "The Controller at {Address} is not trusted: {Words}; next try in {Seconds:0} s")]
    public static partial void NotTrusted(this ILogger logger, string address, string words, double seconds);

    [LoggerMessage(2204, LogLevel.Error, "The Controller at {Address} does not admit this Service: {Words}; next try in {Seconds:0} s")]
    public static partial void NotAdmitted(this ILogger logger, string address, string words, double seconds);

    [LoggerMessage(2205, LogLevel.Warning, "Another connection with this Service's identity has taken over: is this host a copy of another? Next try in {Seconds:0} s")]
    public static partial void Replaced(this ILogger logger, double seconds);

    [LoggerMessage(2206, LogLevel.Information, "Stored the Controller's bundle: {Anchors}")]
    public static partial void BundleStored(this ILogger logger, string anchors);

    [LoggerMessage(2207, LogLevel.Error, "Kept the stored bundle: the one that the Controller sent {Words}")]
    public static partial void BundleRefused(this ILogger logger, string words);

    [LoggerMessage(2208, LogLevel.Information, "Renewed the certificate: valid until {NotAfter:u}, key {Key}")]
    public static partial void Renewed(this ILogger logger, DateTimeOffset notAfter, string key);

    [LoggerMessage(2209, LogLevel.Warning, "The certificate could not be renewed: {Words}; next try in {Seconds:0} s, it is valid until {NotAfter:u}")]
    public static partial void RenewalFailed(this ILogger logger, string words, double seconds, DateTimeOffset notAfter);

    [LoggerMessage(2210, LogLevel.Information, "The Controller asks for a new certificate")]
    public static partial void RenewalAsked(this ILogger logger);

    [LoggerMessage(2211, LogLevel.Warning, "The connection with the new identity did not come about: {Words}; the present one stays, next try in {Seconds:0} s")]
    public static partial void SwapFailed(this ILogger logger, string words, double seconds);

    [LoggerMessage(2212, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(2213, LogLevel.Error, "{Path} could not be written: {Words}")]
    public static partial void NotStored(this ILogger logger, string path, string words);

    [LoggerMessage(2214, LogLevel.Debug, "A bundle came over a connection that nobody verified; it is not stored")]
    public static partial void BundleIgnored(this ILogger logger);

    [LoggerMessage(2215, LogLevel.Information, "The Controller restarts; back in {Seconds:0.0} s")]
    public static partial void Restarting(this ILogger logger, double seconds);

    [LoggerMessage(2216, LogLevel.Information, "The Controller is now reached at {Address}")]
    public static partial void AddressStored(this ILogger logger, string address);

    [LoggerMessage(2217, LogLevel.Error, "The Controller at {Address} does not admit this Service: {Words}. The process ends; "
        + "when that is mended, start it again, or enroll anew with --force-enroll and a new token")]
    public static partial void Ends(this ILogger logger, string address, string words);

    [LoggerMessage(2218, LogLevel.Warning, "The root of the Controller at {Address} was replaced while this Service was away; the stored one vouches for it by its signature")]
    public static partial void HandedOver(this ILogger logger, string address);

    [LoggerMessage(2219, LogLevel.Warning, "The Controller at {Address} does not admit this Service with its renewed certificate ({Words}); trying the one before")]
    public static partial void WentBack(this ILogger logger, string address, string words);
}
