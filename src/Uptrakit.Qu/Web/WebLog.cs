using System.Net;
using Microsoft.Extensions.Logging;

namespace Uptrakit.Qu.Web;

/// <summary>Event ids 1800-1899. A released id keeps its meaning or retires.</summary>
internal static partial class WebLog
{
    [LoggerMessage(1801, LogLevel.Information, "The status page is served at {Address}")]
    public static partial void WebServing(this ILogger logger, string address);

    [LoggerMessage(1802, LogLevel.Error, "An answer of the web page failed ({Route})")]
    public static partial void AnswerFailed(this ILogger logger, string route, Exception fault);

    [LoggerMessage(1803, LogLevel.Warning, "Refused an operator token from {Address}")]
    public static partial void TokenRefused(this ILogger logger, IPAddress address);

    [LoggerMessage(1804, LogLevel.Information, "The operator's view was opened from {Address}")]
    public static partial void OperatorCame(this ILogger logger, IPAddress address);
}
