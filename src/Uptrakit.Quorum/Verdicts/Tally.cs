using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The votes on one check, counted against all members and not only those that voted.</summary>
internal readonly record struct Tally(CheckState State, int Ok, int NotOk, int Total, string Detail)
{
    public const int MaxDetail = 256;

    /// <summary>An even split stays up, but people should see it.</summary>
    public bool Degraded => State == CheckState.Up && Ok == NotOk;

    /// <summary>A majority of the members decides, so one of three never does, whoever else is silent.</summary>
    public static CheckState Decide(int ok, int notOk, int total)
    {
        int majority = total / 2 + 1;
        if (notOk >= majority)
            return CheckState.Down;
        if (ok >= majority || (ok == notOk && ok + notOk >= majority))
            return CheckState.Up;
        return CheckState.Unknown;
    }
}
