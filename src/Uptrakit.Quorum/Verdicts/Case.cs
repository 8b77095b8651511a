using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>What the judge remembers of one check beside its votes.</summary>
internal sealed class Case(Ballot ballot)
{
    public Ballot Ballot { get; } = ballot;

    public Confirmation? Open { get; set; }

    /// <summary>When a confirmation was opened last; null: never.</summary>
    public TimeSpan? OpenedAt { get; set; }

    /// <summary>Since when the votes no longer suffice; null: they do.</summary>
    public TimeSpan? UnknownSince { get; set; }

    /// <summary>Since when a minority sees it down and the committed state does not say so, or the other way round; null: they agree.</summary>
    public TimeSpan? SplitSince { get; set; }

    /// <summary>A flip that was handed out and is not committed yet.</summary>
    public Pending? Pending { get; set; }

    /// <summary>Until then only another vote, another committed state or other members can make a difference.</summary>
    public TimeSpan RestsUntil { get; set; }

    /// <summary>The times that it was true in: see <see cref="Judge"/>.</summary>
    public long RestsIn { get; set; }
}

internal sealed record Pending(CheckState From, TimeSpan HandedOut);

/// <summary>A suspicion that is being looked into: two rounds of probes on all members.</summary>
/// <param name="From">The committed state that is in doubt.</param>
/// <param name="ChangedIn">Of the check: another definition ends the confirmation.</param>
internal sealed record Confirmation(CheckState From, long ChangedIn)
{
    public required Round First { get; init; }

    /// <summary>When the round that is under way is given up.</summary>
    public required TimeSpan Deadline { get; set; }

    /// <summary>What the first round said, once it has; the second one must say the same.</summary>
    public CheckState Suspected { get; set; }

    public TimeSpan SecondDue { get; set; }

    public Round? Second { get; set; }
}
