using System.Net;
using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Transport;

/// <summary>Event ids 1100-1199. A released id keeps its meaning or retires.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1101, LogLevel.Debug, "Turned a connection from {Address} away: too many")]
    public static partial void ConnectionTurnedAway(this ILogger logger, IPAddress address);

    [LoggerMessage(1102, LogLevel.Debug, "Connection from {Endpoint} with a key that is not a member's: {Refusal}")]
    public static partial void StrangerConnected(this ILogger logger, EndPoint? endpoint, Refusal refusal);

    [LoggerMessage(1103, LogLevel.Information, "Ended a connection of {Peer}: its key {Key} is not pinned any more")]
    public static partial void EndedUnpinned(this ILogger logger, NodeId peer, SpkiFingerprint key);

    [LoggerMessage(1104, LogLevel.Information, "{Peer} is live")]
    public static partial void PeerLive(this ILogger logger, NodeId peer);

    [LoggerMessage(1105, LogLevel.Warning, "{Peer} has not been heard from for {Seconds} s")]
    public static partial void PeerLost(this ILogger logger, NodeId peer, int seconds);

    [LoggerMessage(1106, LogLevel.Warning, "The clock of {Peer} differs from ours by {Seconds} s")]
    public static partial void ClockOff(this ILogger logger, NodeId peer, int seconds);

    [LoggerMessage(1107, LogLevel.Warning, "{Peer} asked to change the state in a way that only the master may; refused")]
    public static partial void ForbiddenProposal(this ILogger logger, NodeId peer);

    [LoggerMessage(1108, LogLevel.Information, "Loaded the state of the cluster up to {Index} from {Peer}")]
    public static partial void SeedLoaded(this ILogger logger, long index, NodeId peer);

    [LoggerMessage(1109, LogLevel.Warning, "Not a voter yet: {Reason}")]
    public static partial void NotVoterYet(this ILogger logger, string reason);

    [LoggerMessage(1110, LogLevel.Information, "Enrollment {Token}: {Outcome} for {NodeId}, key {Key}")]
    public static partial void EnrollmentAnswered(this ILogger logger, string token, string outcome, string nodeId, SpkiFingerprint key);

    [LoggerMessage(1111, LogLevel.Warning, "Refused an enrollment attempt from {Endpoint}: {Reason}")]
    public static partial void EnrollmentRefused(this ILogger logger, EndPoint? endpoint, string reason);

    [LoggerMessage(1112, LogLevel.Information, "Waiting for the cluster: {Reason}")]
    public static partial void WaitingForCluster(this ILogger logger, string reason);

    [LoggerMessage(1113, LogLevel.Debug, "Reports to {Leader} wait: {Reason}")]
    public static partial void ReportsWait(this ILogger logger, NodeId leader, string reason);
}
