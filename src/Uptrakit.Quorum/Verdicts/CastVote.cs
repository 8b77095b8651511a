using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The newest vote of one member, with times by the receiver's clock.</summary>
internal struct CastVote
{
    public bool Present;
    public bool Ok;

    /// <summary>Ok, with a warning.</summary>
    public bool Warn;
    /// <summary>Its answer changed, and no confirmation was opened for that yet.</summary>
    public bool Fresh;
    public TimeSpan Started;
    public TimeSpan Ended;
    public long Round;
    public long ChangedIn;
    public string Detail;

    /// <summary>What it takes the check for.</summary>
    public readonly CheckState State => !Ok ? CheckState.Down : Warn ? CheckState.Warn : CheckState.Up;

    /// <summary>Total, and independent of who came first: votes may overtake each other.</summary>
    public readonly bool IsNewerThan(in CastVote other)
    {
        if (!other.Present || Ended != other.Ended)
            return !other.Present || Ended > other.Ended;
        if (Round != other.Round)
            return Round > other.Round;
        if (Ok != other.Ok)
            return !Ok;
        return Warn != other.Warn ? Warn : string.CompareOrdinal(Detail, other.Detail) > 0;
    }
}
