using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>The times of a check within bounds that keep a node alive, whatever the state says.</summary>
internal static class CheckTimes
{
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_shortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMinutes(5);

    internal static TimeSpan Interval(Check check) => Between(check.IntervalMs, s_shortestInterval, s_longestInterval);

    internal static TimeSpan Timeout(Check check) => Between(check.TimeoutMs, s_shortestTimeout, s_longestTimeout);

    private static TimeSpan Between(long milliseconds, TimeSpan low, TimeSpan high) =>
        TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, (long)low.TotalMilliseconds, (long)high.TotalMilliseconds));
}
