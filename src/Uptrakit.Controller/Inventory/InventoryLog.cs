namespace Uptrakit.Controller.Inventory;

/// <summary>Event ids 2400-2499. A released id keeps its meaning or retires.</summary>
internal static partial class InventoryLog
{
    [LoggerMessage(2401, LogLevel.Error, "What Services reported could not be written yet: {Reason}")]
    public static partial void ReportsNotWritten(this ILogger logger, string reason);

    [LoggerMessage(2402, LogLevel.Information, "Forgot {Count} requests that nobody approved within seven days")]
    public static partial void StaleForgotten(this ILogger logger, int count);
}
