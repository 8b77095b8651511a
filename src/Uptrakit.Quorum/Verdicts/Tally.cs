using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The votes on one check, counted against all members and not only those that voted.</summary>
internal readonly record struct Tally(CheckState State, int Ok, int NotOk, int Total, string Detail)
{
    public const int MaxDetail = 256;

    /// <summary>An even split stays up, but people should see it.</summary>
    public bool Degraded => State is CheckState.Up or CheckState.Warn && Ok == NotOk;

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
