using System.Collections.Concurrent;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Keeps what was worked out from a check, until the check is another one.</summary>
/// <remarks>An edit puts another object in place of a check, so a plan of before is never used after.</remarks>
internal sealed class PlanBook<TPlan>(Func<Check, TPlan> work)
    where TPlan : class
{
    // Plans of removed checks stay until there are this many.
    private const int Limit = 32 * 1024;

    private readonly ConcurrentDictionary<string, (Check Check, TPlan Plan)> plans = new(StringComparer.Ordinal);

    internal TPlan Of(Check check)
    {
        if (plans.TryGetValue(check.Id, out (Check Check, TPlan Plan) known) && ReferenceEquals(known.Check, check))
            return known.Plan;

        TPlan plan = work(check);
        if (plans.Count >= Limit)
            plans.Clear();
        plans[check.Id] = (check, plan);
        return plan;
    }
}
