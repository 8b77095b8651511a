namespace Uptrakit.Quorum.State;

/// <summary>Checks in an order in which each comes after its parents, and otherwise as they were given; and whether there is none, because some lead back to themselves.</summary>
/// <remarks>Without recursion: a file may have a chain of as many parents as there are checks.</remarks>
internal sealed class ParentOrder
{
    private readonly Dictionary<string, Check> byCall = [];
    private readonly Dictionary<string, bool> done = [];
    private readonly Func<Check, string> callOf;
    private readonly List<Check> sorted = [];

    /// <param name="checks">All of them.</param>
    /// <param name="callOf">What parents are named by.</param>
    public ParentOrder(IEnumerable<Check> checks, Func<Check, string> callOf)
    {
        this.callOf = callOf;
        foreach (Check check in checks)
            byCall[callOf(check)] = check;
        foreach (Check check in byCall.Values)
            Visit(check);
    }

    public IReadOnlyList<Check> Sorted => sorted;

    /// <summary>Checks that are above themselves; empty when there is none.</summary>
    public IReadOnlyList<string> Cycle { get; private set; } = [];

    private void Visit(Check start)
    {
        Stack<(Check Check, int Next)> path = new([(start, 0)]);
        while (path.TryPop(out (Check Check, int Next) at))
        {
            string call = callOf(at.Check);
            if (at.Next == 0 && !done.TryAdd(call, false))
            {
                // Met again before it was finished: on the way down from itself.
                if (!done[call])
                    Cycle = [call, .. path.Select(each => callOf(each.Check)).TakeWhile(each => each != call)];
                continue;
            }

            if (at.Next == at.Check.ParentIds.Count)
            {
                done[call] = true;
                sorted.Add(at.Check);
                continue;
            }

            path.Push((at.Check, at.Next + 1));
            if (byCall.TryGetValue(at.Check.ParentIds[at.Next], out Check? parent) && !(done.TryGetValue(callOf(parent), out bool finished) && finished))
                path.Push((parent, 0));
        }
    }
}
