using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>One evaluation: its time, and what came out of it. Checks that ask at the same time share a round.</summary>
internal sealed class Sitting(TimeSpan now, long lastRound, Func<string, CheckStatus?> committed)
{
    /// <summary>Of what nobody waits for, so many flips at once: what somebody waits for must not stand behind ten thousand of them.</summary>
    private const int MostQuiet = 64;
    private readonly List<JudgeAction> flips = [];
    private int quiet;
    private readonly List<string> firsts = [];
    private readonly List<string> seconds = [];

    // The two ids are taken whether they are used or not.
    private readonly long firstRound = lastRound + 1;
    private readonly long secondRound = lastRound + 2;

    public TimeSpan Now => now;

    public long LastRound => secondRound;

    public CheckStatus? Committed(string checkId) => committed(checkId);

    public Round Ask(string checkId, bool second, long before)
    {
        (second ? seconds : firsts).Add(checkId);
        return new Round(second ? secondRound : firstRound, now, before);
    }

    public void Flip(Transition transition) => flips.Add(new Flip(transition));

    /// <summary>Whether one more flip that nobody waits for may go now.</summary>
    public bool TryQuiet() => quiet++ < MostQuiet;

    public IReadOnlyList<JudgeAction> Actions()
    {
        if (firsts.Count > 0)
            flips.Add(new Confirm(firstRound, firsts));
        if (seconds.Count > 0)
            flips.Add(new Confirm(secondRound, seconds));
        return flips;
    }
}
