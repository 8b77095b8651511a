using Microsoft.Extensions.Logging;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Event ids 1200-1299. A released id keeps its meaning or retires.</summary>
internal static partial class ConsensusLog
{
    [LoggerMessage(1201, LogLevel.Warning, "A message of the consensus engine over the connection of {Peer} was not in its name; the connection was ended")]
    public static partial void SenderMismatch(this ILogger logger, NodeId peer);

    [LoggerMessage(1202, LogLevel.Error, "The checkpoint at {Index} could not be written: {Reason}. The log is kept; make room or mend the folder")]
    public static partial void CheckpointFailed(this ILogger logger, long index, string reason);

    [LoggerMessage(1203, LogLevel.Information, "Master is now {Leader}, term {Term}")]
    public static partial void LeaderChanged(this ILogger logger, string leader, long term);

    [LoggerMessage(1204, LogLevel.Information, "{Node} is a voter now")]
    public static partial void VoterAdded(this ILogger logger, NodeId node);

    [LoggerMessage(1205, LogLevel.Information, "{Node} is no voter any more")]
    public static partial void VoterRemoved(this ILogger logger, NodeId node);

    [LoggerMessage(1206, LogLevel.Warning, "A change of the voters did not go through: {Reason}; it is tried again")]
    public static partial void VoterChangeFailed(this ILogger logger, string reason);

    [LoggerMessage(1207, LogLevel.Information, "Forgot the log up to {Index}")]
    public static partial void Compacted(this ILogger logger, long index);

    [LoggerMessage(1208, LogLevel.Warning, "The log cannot be forgotten: {Node} holds it back at {Index} of {Last}. If it will not come back, remove it with qu node remove")]
    public static partial void HeldBack(this ILogger logger, NodeId node, long index, long last);

    [LoggerMessage(1209, LogLevel.Information, "Handing leadership to {Node}, the live voter with the smallest NodeID")]
    public static partial void HandingOver(this ILogger logger, NodeId node);

    [LoggerMessage(1210, LogLevel.Error, "The consensus engine has stopped: {Reason}")]
    public static partial void EngineFailed(this ILogger logger, string reason);

    [LoggerMessage(1211, LogLevel.Error, "Log entry {Index} cannot be read as a command and is skipped; whoever led then may be compromised or damaged")]
    public static partial void EntryUnreadable(this ILogger logger, long index);
}
