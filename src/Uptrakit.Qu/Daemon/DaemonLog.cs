using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>Event ids 1600-1699. A released id keeps its meaning or retires.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(1601, LogLevel.Information, "Node {NodeId} serves at {Bind}, key {Key}; commands at {Socket}")]
    public static partial void Serving(this ILogger logger, NodeId nodeId, string bind, SpkiFingerprint key, string socket);

    [LoggerMessage(1602, LogLevel.Warning, "node.yaml held a cluster_secret of an older version; it was blanked, nothing reads it any more")]
    public static partial void SecretBlanked(this ILogger logger);

    [LoggerMessage(1603, LogLevel.Warning, "Refused a caller of the control socket: user {User} is neither ours nor root")]
    public static partial void CallerRefused(this ILogger logger, uint? user);

    [LoggerMessage(1604, LogLevel.Critical, "{Room} has failed; the daemon stops")]
    public static partial void RoomFailed(this ILogger logger, string room, Exception fault);

    [LoggerMessage(1605, LogLevel.Warning, "Took a hand edit of cluster.yaml (version {Base}): {Changes}")]
    public static partial void EditTaken(this ILogger logger, long @base, string changes);

    [LoggerMessage(1606, LogLevel.Error, "Refused a hand edit of cluster.yaml; it is kept as {Kept}, with the secrets in it in clear if it has any, and nothing was changed: {Reason}")]
    public static partial void EditRefused(this ILogger logger, string kept, string reason);

    [LoggerMessage(1614, LogLevel.Information, "Removed {File}: the last {Kept} refused edits are kept")]
    public static partial void EditForgotten(this ILogger logger, string file, int kept);

    [LoggerMessage(1607, LogLevel.Error, "{File} could not be written: {Reason}")]
    public static partial void ViewNotWritten(this ILogger logger, string file, string reason);

    [LoggerMessage(1608, LogLevel.Information, "This node is now reached at {Advertise}")]
    public static partial void AdvertiseChanged(this ILogger logger, string advertise);

    [LoggerMessage(1609, LogLevel.Information, "Rotated this node's key from {Former} to {Current}")]
    public static partial void KeyRotated(this ILogger logger, SpkiFingerprint former, SpkiFingerprint current);

    [LoggerMessage(1613, LogLevel.Warning, "The new key is in force; the old key {Former} is dropped as soon as there is a quorum")]
    public static partial void OldKeyStays(this ILogger logger, SpkiFingerprint former);

    [LoggerMessage(1610, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(1611, LogLevel.Warning, "Removed {Count} unfinished files of an earlier run")]
    public static partial void LeftoversSwept(this ILogger logger, int count);

    [LoggerMessage(1612, LogLevel.Critical, "The daemon stops ({Room}): {Reason}")]
    public static partial void MachineFailed(this ILogger logger, string room, string reason);

    [LoggerMessage(1690, LogLevel.Warning, "The key for sealed secrets is not changed yet: {Reason}. Run 'qu node rotate-key' again")]
    public static partial void SealKeyStays(this ILogger logger, string reason);
}
