namespace Uptrakit.Quorum.Verdicts;

/// <summary>A tally in words.</summary>
internal static class Details
{
    public static string Describe(List<CastVote> votes, in Tally tally)
    {
        string missing = tally.State == State.CheckState.Unknown
            ? $"{tally.Ok + tally.NotOk} of {tally.Total} report" + (tally.NotOk > 0 ? ", " : "")
            : "";
        if (tally.NotOk == 0)
            return tally.State == State.CheckState.Warn ? MostCommon(votes, static vote => vote.Warn) : missing;
        string count = tally.IsSplit ? $"down from {tally.NotOk} of {tally.Total}" : $"{tally.NotOk} of {tally.Total} fail";
        string text = $"{missing}{count}: {MostCommon(votes, static vote => !vote.Ok)}";
        if (text.Length <= Tally.MaxDetail)
            return text;
        // Never half of a surrogate pair.
        int length = char.IsHighSurrogate(text[Tally.MaxDetail - 1]) ? Tally.MaxDetail - 1 : Tally.MaxDetail;
        return text[..length];
    }

    // By ordinal where two are as common, so that the order of arrival does not show.
    private static string MostCommon(List<CastVote> votes, Func<CastVote, bool> which) => votes
        .Where(which)
        .GroupBy(vote => vote.Detail, StringComparer.Ordinal)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => group.Key)
        .FirstOrDefault("");
}
