using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>The statuses that a check takes for well.</summary>
internal sealed class StatusSet
{
    private readonly (int From, int To)[] ranges;

    private StatusSet((int From, int To)[] ranges, bool isExplicit)
    {
        this.ranges = ranges;
        IsExplicit = isExplicit;
        Text = isExplicit ? string.Join(", ", ranges.Select(Shown)) : "2xx";
    }

    /// <summary>The check names statuses: a redirect among them is the answer, and not followed.</summary>
    internal bool IsExplicit { get; }

    internal string Text { get; }

    /// <summary>Ranges go before the one status of older checks; without either it is any 2xx.</summary>
    internal static StatusSet Of(Check check)
    {
        if (check.Http is { Expect.Count: > 0 } http)
            return new StatusSet([.. http.Expect.Select(r => (r.From, r.To == 0 ? r.From : r.To))], true);
        return check.ExpectStatus == 0
            ? new StatusSet([(200, 299)], false)
            : new StatusSet([(check.ExpectStatus, check.ExpectStatus)], true);
    }

    internal bool Holds(int status)
    {
        foreach ((int from, int to) in ranges)
        {
            if (status >= from && status <= to)
                return true;
        }

        return false;
    }

    private static string Shown((int From, int To) range) =>
        range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}";
}
