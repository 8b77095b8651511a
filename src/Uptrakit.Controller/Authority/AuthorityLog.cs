namespace Uptrakit.Controller.Authority;

/// <summary>Event ids 2600-2699. A released id keeps its meaning or retires.</summary>
internal static partial class AuthorityLog
{
    [LoggerMessage(2601, LogLevel.Information, "Issued the server's certificate for {Names}, valid until {NotAfter:u}: {Reason}")]
    public static partial void ServerLeafIssued(this ILogger logger, ServerNames names, DateTimeOffset notAfter, string reason);

    [LoggerMessage(2602, LogLevel.Information, "Took the server's certificate from {Path}, valid until {NotAfter:u}")]
    public static partial void OperatorPairTaken(this ILogger logger, string path, DateTimeOffset notAfter);
}
