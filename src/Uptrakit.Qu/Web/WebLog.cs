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

    [LoggerMessage(1805, LogLevel.Information, "From {Address} over the web: {Change} of {Check}: {Outcome}")]
    public static partial void OperatorChanged(this ILogger logger, IPAddress address, Quorum.State.Command.ChangeOneofCase change, string check, string outcome);

    [LoggerMessage(1806, LogLevel.Information, "The certificate of the web page was read: valid until {Until:u}")]
    public static partial void CertificateRead(this ILogger logger, DateTime until);

    [LoggerMessage(1807, LogLevel.Warning, "The changed certificate of the web page is not used, the former one stays: {Fault}")]
    public static partial void CertificateUnreadable(this ILogger logger, string fault);

    [LoggerMessage(1808, LogLevel.Warning, "The certificate of the web page is valid from {From:u} to {Until:u}, not now: browsers will refuse it")]
    public static partial void CertificateNotValid(this ILogger logger, DateTime from, DateTime until);
}
