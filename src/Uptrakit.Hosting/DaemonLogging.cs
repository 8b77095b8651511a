using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Uptrakit.Hosting;

/// <summary>Logs go to stderr; under systemd in the journal's own form.</summary>
public static class DaemonLogging
{
    /// <param name="wanted">debug, warning, or anything else for the usual amount.</param>
    /// <param name="shape">Further filters of the executable.</param>
    public static ILoggerFactory Create(string? wanted, Action<ILoggingBuilder>? shape = null) => LoggerFactory.Create(builder =>
    {
        LogLevel level = wanted switch
        {
            "debug" => LogLevel.Debug,
            "warning" => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        builder.SetMinimumLevel(level);
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddFilter("Grpc", level == LogLevel.Debug ? LogLevel.Information : LogLevel.Critical);
        // Why the host could not start is told in words, once.
        builder.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level == LogLevel.Debug ? LogLevel.Debug : LogLevel.Error);
        shape?.Invoke(builder);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 })
            builder.AddSystemdConsole();
        else
            builder.AddSimpleConsole(static o =>
            {
                o.SingleLine = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                o.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        builder.AddConsole(static o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
