using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Watch;

/// <summary>Event ids 1900-1999. A released id keeps its meaning or retires.</summary>
internal static partial class WatchLog
{
    [LoggerMessage(1901, LogLevel.Error, "No quorum for {Time}: {Alerts} alerts are told by this node itself")]
    public static partial void QuorumLost(this ILogger logger, TimeSpan time, int alerts);

    [LoggerMessage(1902, LogLevel.Information, "Quorum is back after {Time}: {Alerts} alerts are told by this node itself")]
    public static partial void QuorumBack(this ILogger logger, TimeSpan time, int alerts);

    [LoggerMessage(1903, LogLevel.Warning, "The other members refuse this node's key: it was probably removed from the cluster, so its loss of quorum is told to nobody")]
    public static partial void Refused(this ILogger logger);

    [LoggerMessage(1904, LogLevel.Warning, "The heartbeat URL does not take the heartbeat: {Reason}. This is said once until it does")]
    public static partial void HeartbeatFailed(this ILogger logger, string reason);

    [LoggerMessage(1905, LogLevel.Information, "The heartbeat URL takes the heartbeat")]
    public static partial void HeartbeatTaken(this ILogger logger);

    [LoggerMessage(1906, LogLevel.Warning,
        "{Alerts} alerts that watch the cluster are not told by this node: it is a probe, and only voters can open their sealed secrets. This is said once")]
    public static partial void NotForProbes(this ILogger logger, int alerts);
}
