namespace Uptrakit.Quorum.Verdicts;

/// <summary>The newest vote of one member, with times by the receiver's clock.</summary>
internal struct CastVote
{
    public bool Present;
    public bool Ok;
    /// <summary>Its answer changed, and no confirmation was opened for that yet.</summary>
    public bool Fresh;
    public TimeSpan Started;
    public TimeSpan Ended;
    public long Round;
    public long ChangedIn;
    public string Detail;

    /// <summary>Total, and independent of who came first: votes may overtake each other.</summary>
    public readonly bool IsNewerThan(in CastVote other)
    {
        if (!other.Present || Ended != other.Ended)
            return !other.Present || Ended > other.Ended;
        if (Round != other.Round)
            return Round > other.Round;
        return Ok != other.Ok ? !Ok : string.CompareOrdinal(Detail, other.Detail) > 0;
    }
}
