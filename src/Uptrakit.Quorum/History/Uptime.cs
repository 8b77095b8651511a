using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.History;

/// <summary>
/// How long a check was up and down, by the committed flips. Warn and degraded are up; times of which nobody knows and times of
/// maintenance are neither, and are left out of the share.
/// </summary>
internal readonly record struct Uptime(TimeSpan Up, TimeSpan Down, TimeSpan LeftOut)
{
    /// <summary>0 to 1; null when nothing is known of the whole time.</summary>
    public double? Share => ShareOf(Up.Ticks, Down.Ticks);

    internal static double? ShareOf(long up, long down) => up + down > 0 ? (double)up / (up + down) : null;

    internal Uptime With(CheckState state, TimeSpan time) => state switch
    {
        CheckState.Up or CheckState.Warn or CheckState.Degraded => this with { Up = Up + time },
        CheckState.Down => this with { Down = Down + time },
        _ => this with { LeftOut = LeftOut + time },
    };
}
