using System.Net;

namespace Uptrakit.Quorum.Checks;

/// <summary>The addresses of a name, or why there are none.</summary>
internal sealed record Resolution
{
    // More addresses than this are not tried: an answer may hold hundreds, and the deadline is one.
    private const int Limit = 8;

    private Resolution(IReadOnlyList<IPAddress> addresses, string? failure) =>
        (Addresses, Failure) = (addresses, failure);

    /// <summary>In the order in which to try them; empty when the look-up failed.</summary>
    internal IReadOnlyList<IPAddress> Addresses { get; }

    internal string? Failure { get; }

    internal static Resolution Failed(string reason) => new([], reason);

    /// <summary>Takes the families in turn, so that one broken family costs one head start and not all of them.</summary>
    internal static Resolution Of(IEnumerable<IPAddress> found)
    {
        List<IPAddress> all = [.. found.Select(a => a.Unwrapped()).Distinct()];
        if (all.Count == 0)
            return Failed("the name has no address");
        if (all.Count == 1)
            return new Resolution(all, null);

        Queue<IPAddress> first = new(all.Where(a => a.AddressFamily == all[0].AddressFamily));
        Queue<IPAddress> second = new(all.Where(a => a.AddressFamily != all[0].AddressFamily));
        List<IPAddress> mixed = new(Limit);
        while (mixed.Count < Limit && first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out IPAddress? next) || second.TryDequeue(out next))
                mixed.Add(next);
            if (second.Count > 0)
                (first, second) = (second, first);
        }

        return new Resolution(mixed, null);
    }
}
