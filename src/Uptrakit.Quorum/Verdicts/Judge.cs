using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>
/// Decides, on the leader, when the committed state of a check is no longer what the members see. It flips nothing itself:
/// it asks for probes and hands out transitions to commit.
/// </summary>
internal sealed partial class Judge(VoteTable votes, TimeProvider clock)
{
    /// <summary>Between looks at every check; what has new votes or is open is looked at each time, and what rests only when something stirs it.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RoundGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(1);

    /// <summary>What is beyond this waits for the next sweep; its votes still disagree then.</summary>
    private const int MaxOpen = 4096;

    private readonly List<Case> open = [];

    // Counts what makes nothing rest any more: other members, checks or committed states.
    private long times;
    private object? mark;
    private TimeSpan leaderSince;
    private TimeSpan? swept;

    // Begins at the clock, so that answers to a former leader's rounds are not taken for answers to ours.
    private long lastRound = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    /// <summary>Leadership begins: nothing of an earlier one counts, and the committed states are what we go on from.</summary>
    public void Reset()
    {
        lock (votes.Gate)
        {
            votes.Clear();
            open.Clear();
            times++;
            swept = null;
            leaderSince = votes.Now;
        }
    }

    /// <summary>The configuration or the members changed.</summary>
    public void Update(IEnumerable<Check> checks, IReadOnlyCollection<string> members, IReadOnlyCollection<string>? excluded = null)
    {
        lock (votes.Gate)
        {
            votes.Update(checks, members, excluded);
            times++;
            // A check that was disabled and enabled again has a new ballot: what was open on the old one is over.
            open.RemoveAll(each => !votes.TryFind(each.Ballot.Check.Id, out Ballot? ballot) || ballot != each.Ballot);
        }
    }

    /// <summary>Call a few times a second, or, while all is calm, once. What it answers is to be done now.</summary>
    /// <param name="committed">
    /// The status of a check in the applied state, null for none. It is called under a lock and must not wait.
    /// </param>
    /// <param name="mark">The same object as in the last call says that no status is another one now.</param>
    public IReadOnlyList<JudgeAction> Evaluate(Func<string, CheckStatus?> committed, object? mark = null)
    {
        lock (votes.Gate)
        {
            if (mark is null || mark != this.mark)
                times++;
            this.mark = mark;
            Sitting sitting = new(votes.Now, lastRound, committed);
            for (int i = open.Count - 1; i >= 0; i--)
                Consider(open[i], sitting);

            bool sweep = swept is not { } last || sitting.Now - last >= SweepEvery;
            IEnumerable<Ballot> due = votes.TakeChanged();
            if (sweep)
            {
                swept = sitting.Now;
                due = votes.Ballots;
            }

            foreach (Ballot ballot in due)
            {
                if (!Rests(ballot, sitting.Now))
                    Consider(ballot.Case, sitting);
            }

            lastRound = sitting.LastRound;
            return sitting.Actions();
        }
    }

    /// <summary>Whether nothing is open, so that a look is due only with the next sweep, or when a vote stirs something.</summary>
    /// <param name="stirred">Ends when one does.</param>
    public bool IsCalm(out Task stirred)
    {
        lock (votes.Gate)
        {
            stirred = votes.Stirred;
            return open.Count == 0 && !stirred.IsCompleted;
        }
    }

    private bool Rests(Ballot ballot, TimeSpan now) => !ballot.Stirred && ballot.Case.RestsIn == times && now < ballot.Case.RestsUntil;

    private void Consider(Case each, Sitting sitting)
    {
        each.Ballot.Stirred = false;
        each.RestsIn = 0;
        CheckStatus? status = sitting.Committed(each.Ballot.Check.Id);
        CheckState committed = status?.State ?? CheckState.Unknown;
        CheckState judged = Judged(committed);
        // A window is open: nobody asks. When it closes the check is unknown, and found out anew.
        if (committed == CheckState.Maintenance)
        {
            Close(each);
            (each.RestsIn, each.RestsUntil) = (times, TimeSpan.MaxValue);
            return;
        }

        if (each.Pending is { } pending)
        {
            if (pending.From == committed && sitting.Now - pending.HandedOut < CommitWithin)
                return;
            each.Pending = null;
        }

        if (each.Open is { } confirmation && (confirmation.From != judged || confirmation.ChangedIn != each.Ballot.Check.ChangedIn))
            Close(each);
        if (each.Open is not null)
        {
            Advance(each, status, sitting);
            return;
        }

        bool[]? without = votes.LeftOut(judged);
        Tally tally = each.Ballot.Count(sitting.Now, without);
        ConsiderSilence(each, tally, committed, sitting);
        ConsiderSplit(each, tally, committed, sitting);
        bool disagrees = tally.State != CheckState.Unknown && tally.State != judged;
        if (each.Pending is not null)
            return;
        if (each.Ballot.HasFreshDisagreement(judged, without) || disagrees)
            TryOpen(each, judged, sitting);
        else if (each is { UnknownSince: null, SplitSince: null })
            (each.RestsIn, each.RestsUntil) = (times, each.Ballot.KeepsUntil(sitting.Now));
    }

    /// <summary>Degraded is up with a remark: nothing that looks for down, or that is begun by it, may tell the two apart.</summary>
    private static CheckState Judged(CheckState committed) => committed == CheckState.Degraded ? CheckState.Up : committed;

    /// <summary>Unknown comes by age alone: it needs no probes, but patience.</summary>
    private void ConsiderSilence(Case each, in Tally tally, CheckState committed, Sitting sitting)
    {
        if (tally.State != CheckState.Unknown || committed == CheckState.Unknown)
        {
            each.UnknownSince = null;
            return;
        }

        each.UnknownSince ??= sitting.Now;
        if (HasListened(each, sitting) && sitting.Now - each.UnknownSince >= BetweenRounds)
            HandOut(each, tally, tally.State, sitting);
    }

    /// <summary>Whoever has just begun to listen has not been told yet: that is not silence.</summary>
    private bool HasListened(Case each, Sitting sitting) =>
        sitting.Now - Latest(leaderSince, votes.MembersSince, each.Ballot.Since) >= each.Ballot.Window;

    /// <summary>Degraded comes and goes by age alone.</summary>
    /// <remarks>
    /// It is committed, and not only shown: history, the pages of every node and an alert that asks for it then say the same, also after a
    /// change of leader. But nobody is woken by it, so it must cost next to nothing: a single failure has been asked about and forgotten
    /// before the patience of one interval is over, and a member that cannot make up its mind costs two entries in two intervals.
    /// </remarks>
    private void ConsiderSplit(Case each, in Tally tally, CheckState committed, Sitting sitting)
    {
        if (tally.State != CheckState.Up || committed is not (CheckState.Up or CheckState.Degraded) || tally.Shown == committed)
        {
            each.SplitSince = null;
            return;
        }

        each.SplitSince ??= sitting.Now;
        bool heardAll = tally.Ok + tally.NotOk == tally.Total || HasListened(each, sitting);
        if (each.Pending is null && heardAll && sitting.Now - each.SplitSince >= Patience(each.Ballot.Check) && sitting.TryQuiet())
            HandOut(each, tally, tally.Shown, sitting);
    }

    /// <summary>By then every member has probed it anew, unless it is one of those that are probed rarely.</summary>
    internal static TimeSpan Patience(Check check)
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(Math.Clamp(check.IntervalMs, 0, 86_400_000));
        return interval < LeastPatience ? LeastPatience : interval > MostPatience ? MostPatience : interval;
    }

    private static TimeSpan Latest(TimeSpan a, TimeSpan b, TimeSpan c) => TimeSpan.FromTicks(Math.Max(a.Ticks, Math.Max(b.Ticks, c.Ticks)));

    private void HandOut(Case each, in Tally tally, CheckState to, Sitting sitting)
    {
        Close(each);
        each.UnknownSince = null;
        each.SplitSince = null;
        CheckState committed = sitting.Committed(each.Ballot.Check.Id)?.State ?? CheckState.Unknown;
        each.Pending = new Pending(committed, sitting.Now);
        Transition transition = new()
        {
            CheckId = each.Ballot.Check.Id,
            From = committed,
            To = to,
            Ok = tally.Ok,
            Total = tally.Total,
            Detail = each.Ballot.Describe(sitting.Now, tally, votes.LeftOut(Judged(committed))),
        };
        // Of what is told to nobody they would fill the log: that too few report, and that a check is up for the first time.
        bool tellsNobody = to == CheckState.Unknown || (to == CheckState.Up && sitting.Committed(transition.CheckId) is null or { Settled: CheckState.Unknown });
        if (!tellsNobody)
            transition.Reports.Add(votes.ReportsOn(each.Ballot.Check));
        sitting.Flip(transition);
    }
}
