using System.Net;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Host;

/// <summary>Event ids 2000-2099. A released id keeps its meaning or retires.</summary>
internal static partial class HostLog
{
    [LoggerMessage(2001, LogLevel.Information, "Controller {ControllerId} serves at https://{Address}, data in {Database}; commands at {Socket}")]
    public static partial void Serving(this ILogger logger, Guid controllerId, string address, string database, string socket);

    [LoggerMessage(2002, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(2003, LogLevel.Warning, "Removed {Count} unfinished files of an earlier run")]
    public static partial void LeftoversSwept(this ILogger logger, int count);

    [LoggerMessage(2004, LogLevel.Warning, "Refused a caller of the control socket: user {User} is neither ours nor root")]
    public static partial void CallerRefused(this ILogger logger, uint? user);

    [LoggerMessage(2005, LogLevel.Debug, "Turned away a connection from {Address}: it has too many, or the house is full")]
    public static partial void ConnectionTurnedAway(this ILogger logger, IPAddress address);

    [LoggerMessage(2006, LogLevel.Information, "The server certificate is now {Fingerprint} (key {Key}), valid until {NotAfter:u}, for {Names}")]
    public static partial void ServerCertificateTaken(
        this ILogger logger, CertificateFingerprint fingerprint, SpkiFingerprint key, DateTimeOffset notAfter, string names);

    [LoggerMessage(2007, LogLevel.Error, "The server certificate could not be renewed; the present one stays in use: {Reason}")]
    public static partial void ServerCertificateNotRenewed(this ILogger logger, string reason);

    [LoggerMessage(2008, LogLevel.Critical, "{Room} has failed; the Controller stops")]
    public static partial void RoomFailed(this ILogger logger, string room, Exception fault);

    [LoggerMessage(2009, LogLevel.Warning,
        "The resolver does not say what {Host} is called in full: the server certificate is for {Names}. Name what is missing with --san")]
    public static partial void FullNameNotFound(this ILogger logger, string host, string names);
}
