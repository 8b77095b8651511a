using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.History;

/// <summary>Event ids 1700-1799. A released id keeps its meaning or retires.</summary>
internal static partial class HistoryLog
{
    [LoggerMessage(1701, LogLevel.Error, "The history {File} is unusable and was put aside as {Kept}; a new one was begun, probing and alerting go on: {Reason}")]
    public static partial void HistorySetAside(this ILogger logger, string file, string kept, string reason);

    [LoggerMessage(1702, LogLevel.Error, "The history {File} cannot be written and pauses; probing and alerting go on, and it is tried again every minute: {Reason}")]
    public static partial void HistoryPaused(this ILogger logger, string file, string reason);

    [LoggerMessage(1703, LogLevel.Information, "The history {File} is written again")]
    public static partial void HistoryResumed(this ILogger logger, string file);

    [LoggerMessage(1704, LogLevel.Warning, "The history {File} is at its limit of {MiB} MiB: the oldest minutes make room")]
    public static partial void HistoryAtLimit(this ILogger logger, string file, long miB);

    [LoggerMessage(1705, LogLevel.Warning, "The history could not be read: {Reason}")]
    public static partial void HistoryUnreadable(this ILogger logger, string reason);
}
