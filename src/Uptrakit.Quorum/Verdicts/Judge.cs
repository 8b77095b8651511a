using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>
/// Decides, on the leader, when the committed state of a check is no longer what the members see. It flips nothing itself:
/// it asks for probes and hands out transitions to commit.
/// </summary>
internal sealed partial class Judge(VoteTable votes, TimeProvider clock)
{
    /// <summary>Between looks at every check; what has new votes or is open is looked at each time.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RoundGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(10);

    /// <summary>What is beyond this waits for the next sweep; its votes still disagree then.</summary>
    private const int MaxOpen = 4096;

    private readonly Dictionary<string, Case> cases = [];
    private readonly List<Case> open = [];
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
            cases.Clear();
            open.Clear();
            swept = null;
            leaderSince = votes.Now;
        }
    }

    /// <summary>The configuration or the members changed.</summary>
    public void Update(IEnumerable<Check> checks, IReadOnlyCollection<string> members)
    {
        lock (votes.Gate)
        {
            votes.Update(checks, members);
            // A check that was disabled and enabled again has a new ballot: what was open on the old one is over.
            foreach ((string id, Case each) in cases)
            {
                if (votes.TryFind(id, out Ballot? ballot) && ballot == each.Ballot)
                    continue;
                cases.Remove(id);
                open.Remove(each);
            }
        }
    }

    /// <summary>Call a few times a second. What it answers is to be done now.</summary>
    /// <param name="committed">
    /// The status of a check in the applied state, null for none. It is called under a lock and must not wait.
    /// </param>
    public IReadOnlyList<JudgeAction> Evaluate(Func<string, CheckStatus?> committed)
    {
        lock (votes.Gate)
        {
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
                Consider(CaseOf(ballot), sitting);
            lastRound = sitting.LastRound;
            return sitting.Actions();
        }
    }

    private Case CaseOf(Ballot ballot)
    {
        if (!cases.TryGetValue(ballot.Check.Id, out Case? found) || found.Ballot != ballot)
            cases[ballot.Check.Id] = found = new Case(ballot);
        return found;
    }

    private void Consider(Case each, Sitting sitting)
    {
        CheckStatus? status = sitting.Committed(each.Ballot.Check.Id);
        CheckState committed = status?.State ?? CheckState.Unknown;
        // A window is open: nobody asks. When it closes the check is unknown, and found out anew.
        if (committed == CheckState.Maintenance)
        {
            Close(each);
            return;
        }

        if (each.Pending is { } pending)
        {
            if (pending.From == committed && sitting.Now - pending.HandedOut < CommitWithin)
                return;
            each.Pending = null;
        }

        if (each.Open is { } confirmation && (confirmation.From != committed || confirmation.ChangedIn != each.Ballot.Check.ChangedIn))
            Close(each);
        if (each.Open is not null)
        {
            Advance(each, status, sitting);
            return;
        }

        Tally tally = each.Ballot.Count(sitting.Now);
        ConsiderSilence(each, tally, committed, sitting);
        bool disagrees = tally.State != CheckState.Unknown && tally.State != committed;
        if (each.Pending is null && (each.Ballot.HasFreshDisagreement(committed) || disagrees))
            TryOpen(each, committed, sitting);
    }

    /// <summary>Unknown comes by age alone: it needs no probes, but patience.</summary>
    private void ConsiderSilence(Case each, in Tally tally, CheckState committed, Sitting sitting)
    {
        if (tally.State != CheckState.Unknown || committed == CheckState.Unknown)
        {
            each.UnknownSince = null;
            return;
        }

        each.UnknownSince ??= sitting.Now;
        // Whoever has just begun to listen has not been told yet: that is not silence.
        TimeSpan listening = sitting.Now - Latest(leaderSince, votes.MembersSince, each.Ballot.Since);
        if (listening >= each.Ballot.Window && sitting.Now - each.UnknownSince >= BetweenRounds)
            HandOut(each, tally, committed, sitting);
    }

    private static TimeSpan Latest(TimeSpan a, TimeSpan b, TimeSpan c) => TimeSpan.FromTicks(Math.Max(a.Ticks, Math.Max(b.Ticks, c.Ticks)));

    private void HandOut(Case each, in Tally tally, CheckState committed, Sitting sitting)
    {
        Close(each);
        each.UnknownSince = null;
        each.Pending = new Pending(committed, sitting.Now);
        sitting.Flip(new Transition
        {
            CheckId = each.Ballot.Check.Id,
            From = committed,
            To = tally.State,
            Ok = tally.Ok,
            Total = tally.Total,
            Detail = each.Ballot.Describe(sitting.Now, tally),
        });
    }
}
