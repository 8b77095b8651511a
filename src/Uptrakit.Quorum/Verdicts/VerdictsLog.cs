using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>Event ids 1300-1399. A released id keeps its meaning or retires.</summary>
internal static partial class VerdictsLog
{
    [LoggerMessage(1301, LogLevel.Information, "Check {Name}: {From} to {To}. {Detail}")]
    public static partial void Flipped(this ILogger logger, string name, CheckState from, CheckState to, string detail);
}
