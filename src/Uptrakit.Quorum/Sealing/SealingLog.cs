using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Event ids 2100-2199. A released id keeps its meaning or retires.</summary>
internal static partial class SealingLog
{
    [LoggerMessage(2100, LogLevel.Information, "{Count} keys of sealed secrets were made and wrapped for the members")]
    public static partial void SealingKeyMade(this ILogger logger, int count);

    [LoggerMessage(2101, LogLevel.Information, "The secrets of {Count} checks and alerts were sealed anew")]
    public static partial void SecretsSealed(this ILogger logger, int count);
}
