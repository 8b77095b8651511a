using Microsoft.Extensions.Logging;

namespace Uptrakit.Quorum.Checks;

/// <summary>Event ids 1400-1499. A released id keeps its meaning or retires.</summary>
internal static partial class ChecksLog
{
    [LoggerMessage(1400, LogLevel.Error, "The probe of check {CheckId} broke; it counts as failed")]
    public static partial void ProbeBroke(this ILogger logger, string checkId, Exception bug);

    [LoggerMessage(1401, LogLevel.Error, "The probe of check {CheckId} did not keep its deadline; it counts as failed")]
    public static partial void ProbeHung(this ILogger logger, string checkId);

    [LoggerMessage(1402, LogLevel.Warning, "Nobody reads the results of the probes: the oldest, of check {CheckId}, is dropped")]
    public static partial void ResultDropped(this ILogger logger, string checkId);

    [LoggerMessage(1403, LogLevel.Warning, "Probes were still running when the prober stopped")]
    public static partial void ProbesLeftBehind(this ILogger logger);
}
