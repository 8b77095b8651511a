using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

internal sealed partial class Judge
{
    /// <summary>Begins to look into it, and into what it depends on: of two that go down at once, the parent is told of and the child is not.</summary>
    private void TryOpen(Case each, CheckState committed, Sitting sitting)
    {
        Stack<(Case Case, CheckState Committed)> left = new([(each, committed)]);
        while (left.TryPop(out (Case Case, CheckState Committed) next))
        {
            if (!TryOpenOne(next.Case, next.Committed, sitting))
                continue;
            foreach (Case parent in ParentsOf(next.Case).Where(static parent => parent.Open is null))
            {
                if (sitting.Committed(parent.Ballot.Check.Id) is { State: CheckState.Up or CheckState.Warn or CheckState.Degraded } status)
                    left.Push((parent, Judged(status.State)));
            }
        }
    }

    private bool TryOpenOne(Case each, CheckState committed, Sitting sitting)
    {
        // Not opened now: the fresh vote stays fresh, a disagreeing tally disagrees still.
        if (each.Open is not null || open.Count >= MaxOpen || (each.OpenedAt is { } last && sitting.Now - last < ReopenAfter))
            return false;
        each.Ballot.ClearFresh();
        each.OpenedAt = sitting.Now;
        each.Open = new Confirmation(committed, each.Ballot.Check.ChangedIn)
        {
            First = sitting.Ask(each.Ballot.Check.Id, second: false, before: 0),
            Deadline = DeadlineOf(each, sitting),
        };
        open.Add(each);
        return true;
    }

    private IEnumerable<Case> ParentsOf(Case each)
    {
        foreach (string id in each.Ballot.Check.ParentIds)
        {
            if (votes.TryFind(id, out Ballot? ballot))
                yield return ballot.Case;
        }
    }

    private void Advance(Case each, CheckStatus? status, Sitting sitting)
    {
        Confirmation confirmation = each.Open!;
        // A member that answers differently now is part of this confirmation and no reason for the next one.
        each.Ballot.ClearFresh();
        if (confirmation.Second is { } second)
            AdvanceSecond(each, confirmation, second, sitting);
        else if (confirmation.Suspected == CheckState.Unknown)
            AdvanceFirst(each, confirmation, status, sitting);
        else if (sitting.Now >= confirmation.SecondDue)
        {
            confirmation.Second = sitting.Ask(each.Ballot.Check.Id, second: true, before: confirmation.First.Id);
            confirmation.Deadline = DeadlineOf(each, sitting);
        }
    }

    private void AdvanceFirst(Case each, Confirmation confirmation, CheckStatus? status, Sitting sitting)
    {
        if (!TryConclude(each, confirmation, confirmation.First, sitting, out Tally tally))
            return;
        if (IsFirstUp(confirmation, tally, status))
            HandOut(each, tally, tally.State, sitting);
        else if (tally.State == CheckState.Unknown || tally.State == confirmation.From)
            Close(each);
        else
        {
            confirmation.Suspected = tally.State;
            confirmation.SecondDue = sitting.Now + BetweenRounds;
        }
    }

    private void AdvanceSecond(Case each, Confirmation confirmation, Round second, Sitting sitting)
    {
        if (!TryConclude(each, confirmation, second, sitting, out Tally tally))
            return;
        // Until it is known whether a parent is down, too: its own deadline ends that.
        if (tally.State == CheckState.Down && ParentsOf(each).Any(static parent => parent.Open is not null || parent.Pending is not null))
            return;
        // One bad round must not page: both rounds say it, each with the votes of its own probes.
        if (tally.State == confirmation.Suspected)
            HandOut(each, tally, tally.State, sitting);
        else
            Close(each);
    }

    /// <summary>Whether the round is over, and if so what all the newest votes say: unknown when the round said something else.</summary>
    private bool TryConclude(Case each, Confirmation confirmation, Round round, Sitting sitting, out Tally tally)
    {
        bool[]? without = votes.LeftOut(confirmation.From);
        int asked = each.Ballot.Members - (without?.Count(static out_ => out_) ?? 0);
        Tally answers = each.Ballot.Count(sitting.Now, without, round);
        int majority = answers.Total / 2 + 1;
        int needed = Tally.Needed(answers.Total, each.Ballot.Check.DownWhen);
        tally = each.Ballot.Count(sitting.Now, without);
        // A majority is final at once. An even split is, when nobody is left to break it.
        bool final = answers.NotOk >= needed || answers.Ok + answers.NotOk == asked
            || (answers.Ok >= majority && answers.Ok > answers.Total - needed);
        if (!final && sitting.Now < confirmation.Deadline)
            return false;
        if (tally.State != answers.State)
            tally = tally with { State = CheckState.Unknown };
        return true;
    }

    // Nothing was said about the check before, so nobody is told: one round is enough.
    private static bool IsFirstUp(Confirmation confirmation, in Tally tally, CheckStatus? status) =>
        tally.State == CheckState.Up && confirmation.From == CheckState.Unknown && status?.Settled != CheckState.Down;

    /// <summary>A probe may take its time-out; the rest is the way there and back.</summary>
    private static TimeSpan DeadlineOf(Case each, Sitting sitting) =>
        sitting.Now + TimeSpan.FromMilliseconds(Math.Clamp(each.Ballot.Check.TimeoutMs, 0, 300_000)) + RoundGrace;

    private void Close(Case each)
    {
        if (each.Open is null)
            return;
        each.Open = null;
        open.Remove(each);
    }
}
