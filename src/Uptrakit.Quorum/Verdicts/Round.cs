namespace Uptrakit.Quorum.Verdicts;

/// <summary>One request to all members to probe now.</summary>
/// <param name="Before">The round before it in the same confirmation, 0 for the first: its late answers do not count here.</param>
internal sealed record Round(long Id, TimeSpan Started, long Before)
{
    public bool Covers(in CastVote vote) =>
        vote.Round == Id || (vote.Started > Started && (vote.Round == 0 || vote.Round != Before));
}
