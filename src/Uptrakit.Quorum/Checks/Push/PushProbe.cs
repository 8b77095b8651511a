using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Push;

/// <summary>A push target is well when its last beat is not older than the interval and the time-out, which is its grace.</summary>
internal sealed class PushProbe(PushBook book) : IProbe
{
    public ValueTask<ProbeOutcome> ProbeAsync(Check check, CancellationToken cancel)
    {
        (TimeSpan ago, bool hasBeat) = book.Last(check.Id);
        TimeSpan limit = CheckTimes.Interval(check) + CheckTimes.Timeout(check);
        // A node that has just started has missed nothing yet.
        ProbeOutcome outcome = (ago > limit, hasBeat) switch
        {
            (false, false) => new ProbeOutcome(ProbeLevel.Silent, TimeSpan.Zero, "waiting for the first beat"),
            (false, true) => new ProbeOutcome(ProbeLevel.Ok, TimeSpan.Zero, "the last beat came in time"),
            (true, true) => new ProbeOutcome(ProbeLevel.Failed, TimeSpan.Zero, $"no beat for {Words(ago)}, one is due every {Words(CheckTimes.Interval(check))}"),
            _ => new ProbeOutcome(ProbeLevel.Failed, TimeSpan.Zero, $"no beat yet, one is due every {Words(CheckTimes.Interval(check))}"),
        };
        return ValueTask.FromResult(outcome);
    }

    private static string Words(TimeSpan time) => time.TotalHours >= 2 ? $"{time.TotalHours:0.#} hours"
        : time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0} minutes"
        : $"{time.TotalSeconds:0} s";
}
