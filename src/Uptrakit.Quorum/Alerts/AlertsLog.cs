using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Event ids 1500-1599. A released id keeps its meaning or retires.</summary>
internal static partial class AlertsLog
{
    [LoggerMessage(1500, LogLevel.Information, "Delivered message {MessageId} ({Verb}) to alert {AlertId} ({AlertName})")]
    public static partial void Sent(this ILogger logger, string messageId, string verb, string alertId, string alertName);

    [LoggerMessage(1501, LogLevel.Warning, "Message {MessageId} to alert {AlertId} ({AlertName}) failed: {Reason}; attempt {Attempt}, next in {Wait}")]
    public static partial void WillRetry(
        this ILogger logger, string messageId, string alertId, string alertName, string reason, int attempt, TimeSpan wait);

    [LoggerMessage(1502, LogLevel.Error, "Message {MessageId} to alert {AlertId} ({AlertName}) was refused for good: {Reason}")]
    public static partial void Refused(this ILogger logger, string messageId, string alertId, string alertName, string reason);

    [LoggerMessage(1503, LogLevel.Error, "Gave up message {MessageId} to alert {AlertId} about check {CheckId}: undelivered after {Age}")]
    public static partial void GaveUp(this ILogger logger, string messageId, string alertId, string checkId, TimeSpan age);

    [LoggerMessage(1504, LogLevel.Information, "Dropped message {MessageId}: alert {AlertId} was removed or disabled")]
    public static partial void Dropped(this ILogger logger, string messageId, string alertId);

    [LoggerMessage(1505, LogLevel.Warning, "Could not commit {Count} deliveries, will try again")]
    public static partial void CommitFailed(this ILogger logger, int count, Exception cause);

    [LoggerMessage(1506, LogLevel.Error, "The sender of alert {AlertId} broke on message {MessageId}")]
    public static partial void SenderBroke(this ILogger logger, string alertId, string messageId, Exception bug);

    [LoggerMessage(1507, LogLevel.Information, "Not sure to be the leader: nothing is sent")]
    public static partial void NotSureToLead(this ILogger logger);

    [LoggerMessage(1508, LogLevel.Warning, "Alert {AlertId} ({AlertName}) sent message {MessageId} with the default text, because its template fails: {Fault}")]
    public static partial void TemplateFailed(this ILogger logger, string alertId, string alertName, string messageId, string fault);

    [LoggerMessage(1509, LogLevel.Warning, "Message {MessageId} to alert {AlertId} ({AlertName}) was delivered, but {Note}")]
    public static partial void SentWithNote(this ILogger logger, string messageId, string alertId, string alertName, string note);

    [LoggerMessage(1510, LogLevel.Warning, "Alert {AlertId} ({AlertName}) has sent its {Limit} messages of this hour: what follows waits, for {Wait} at most, and is then told in one")]
    public static partial void LimitReached(this ILogger logger, string alertId, string alertName, int limit, TimeSpan wait);

    [LoggerMessage(1511, LogLevel.Information, "Message {MessageId} to alert {AlertId} ({AlertName}) tells {Count} messages in one")]
    public static partial void SummedUp(this ILogger logger, string messageId, string alertId, string alertName, int count);

    [LoggerMessage(1512, LogLevel.Error, "The outbox is full: {Count} messages, the oldest, were dropped undelivered")]
    public static partial void OutboxFull(this ILogger logger, long count);
}
