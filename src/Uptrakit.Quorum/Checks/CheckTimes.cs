using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>The times of a check within bounds that keep a node alive, whatever the state says.</summary>
internal static class CheckTimes
{
    private const int RetryLimit = 10;

    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_shortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_usualPause = TimeSpan.FromSeconds(1);

    // A look into the node's own book costs nothing: a missing beat is not found an interval of a day too late.
    private static readonly TimeSpan s_pushPace = TimeSpan.FromSeconds(30);

    internal static TimeSpan Interval(Check check) => Between(check.IntervalMs, s_shortestInterval, s_longestInterval);

    internal static TimeSpan Timeout(Check check) => Between(check.TimeoutMs, s_shortestTimeout, s_longestTimeout);

    /// <summary>From one regular probe to the next.</summary>
    internal static TimeSpan Pace(Check check)
    {
        TimeSpan interval = Interval(check);
        return check.Type == CheckType.Push && interval > s_pushPace ? s_pushPace : interval;
    }

    /// <summary>How often a probe is repeated before its failure is one. A beat that is missing is missing.</summary>
    internal static int Retries(Check check) => check.Type == CheckType.Push ? 0 : Math.Clamp(check.Retries, 0, RetryLimit);

    internal static TimeSpan RetryAfter(Check check) =>
        check.RetryAfterMs <= 0 ? s_usualPause : Between(check.RetryAfterMs, s_shortestPause, s_longestPause);

    private static TimeSpan Between(long milliseconds, TimeSpan low, TimeSpan high) =>
        TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, (long)low.TotalMilliseconds, (long)high.TotalMilliseconds));
}
