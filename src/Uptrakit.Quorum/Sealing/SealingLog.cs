using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Event ids 2700-2799. A released id keeps its meaning or retires.</summary>
internal static partial class SealingLog
{
    [LoggerMessage(2700, LogLevel.Information, "{Count} keys of sealed secrets were made and wrapped for the members")]
    public static partial void SealingKeyMade(this ILogger logger, int count);

    [LoggerMessage(2701, LogLevel.Information, "The secrets of {Count} checks and alerts were sealed anew")]
    public static partial void SecretsSealed(this ILogger logger, int count);

    [LoggerMessage(2702, LogLevel.Warning, "The keys of sealed secrets could not be kept in order: {Reason}")]
    public static partial void SealingRefused(this ILogger logger, string reason);
}
