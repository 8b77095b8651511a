using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The votes on one check, counted against all members and not only those that voted.</summary>
internal readonly record struct Tally(CheckState State, int Ok, int NotOk, int Total, string Detail)
{
    public const int MaxDetail = 256;

    /// <summary>Some see it down, too few for down: an even split among them.</summary>
    public bool IsSplit => State is CheckState.Up or CheckState.Warn && NotOk > 0;

    /// <summary>What people are shown once it lasts. A warning is told to people and stays what it is.</summary>
    public CheckState Shown => State == CheckState.Up && NotOk > 0 ? CheckState.Degraded : State;

    /// <summary>So many must see it down.</summary>
    /// <param name="total">All members.</param>
    /// <param name="downWhen">What the check says; 0: a majority.</param>
    public static int Needed(int total, int downWhen) => downWhen > 0 ? Math.Min(downWhen, Math.Max(total, 1)) : total / 2 + 1;

    /// <summary>A majority of the members decides, so one of three never does, whoever else is silent, unless the check says otherwise.</summary>
    /// <param name="ok">Who sees it up, with a warning or without.</param>
    /// <param name="warn">Of those, with one.</param>
    /// <param name="notOk">Who sees it down.</param>
    /// <param name="total">All members.</param>
    /// <param name="downWhen">So many must see it down; 0: a majority.</param>
    public static CheckState Decide(int ok, int warn, int notOk, int total, int downWhen = 0)
    {
        int majority = total / 2 + 1;
        if (notOk >= Needed(total, downWhen))
            return CheckState.Down;
        bool isUp = ok >= majority || (ok == notOk && ok + notOk >= majority) || (downWhen > majority && ok > 0 && ok + notOk >= majority);
        if (!isUp)
            return CheckState.Unknown;
        return warn * 2 > ok ? CheckState.Warn : CheckState.Up;
    }
}
