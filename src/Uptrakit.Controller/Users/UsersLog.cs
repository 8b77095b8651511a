namespace Uptrakit.Controller.Users;

/// <summary>Event ids 2500-2599. A released id keeps its meaning or retires.</summary>
internal static partial class UsersLog
{
    [LoggerMessage(2501, LogLevel.Information, "There is no user yet; the link to make the first one was printed")]
    public static partial void NoUserYet(this ILogger logger);

    [LoggerMessage(2502, LogLevel.Debug, "Forgot {Count} tokens of logins that are long over")]
    public static partial void LoginsForgotten(this ILogger logger, long count);

    [LoggerMessage(2503, LogLevel.Warning, "Logins that are long over could not be forgotten; tried again later")]
    public static partial void LoginsNotForgotten(this ILogger logger, Exception fault);

    [LoggerMessage(2504, LogLevel.Warning, "Refused to sign in a user from {Address}: {Reason}")]
    public static partial void SignInRefused(this ILogger logger, System.Net.IPAddress? address, SignInRefusal reason);

    [LoggerMessage(2505, LogLevel.Warning, "A passkey of {User} could not be taken: {Reason}")]
    public static partial void PasskeyNotTaken(this ILogger logger, string user, string reason);
}
