using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>Which members are not to be believed for now, because they see down what most see up: a broken uplink is not a hundred outages.</summary>
/// <remarks>
/// The leader decides it, and commits it, so that every node shows it and the next leader goes on with it. It decides by votes
/// whose members are known by their keys, and it takes a majority of all members to contradict one: a single compromised machine can
/// have nobody excluded but itself, and that it could have by silence. Never so many are excluded that the others are no majority
/// of all; every node judges that again when the command is applied, whoever leads.
/// </remarks>
internal sealed class Exclusions(TimeProvider clock)
{
    private static readonly TimeSpan OutAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InAfter = TimeSpan.FromSeconds(30);

    /// <summary>For a member that is excluded again soon after it counted: it comes and goes.</summary>
    private static readonly TimeSpan InAfterAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);
    private readonly Dictionary<string, long> since = [];

    /// <summary>A term begins: what was seen in another one is old.</summary>
    public void Reset() => since.Clear();

    /// <summary>What is to be committed now.</summary>
    public IReadOnlyList<Command> Of(ClusterState state, IReadOnlyDictionary<string, Eyesight> eyes)
    {
        List<Command> due = [];
        foreach ((string member, Eyesight sight) in eyes)
        {
            bool excluded = state.IsExcluded(member);
            // Without checks there is nothing that it could be wrong about.
            bool changes = excluded ? sight.IsWell || state.Checks.Count == 0 : sight.IsBlind && state.MayExcludeOneMore;
            if (!changes)
            {
                since.Remove(member);
                continue;
            }

            since.TryAdd(member, clock.GetTimestamp());
            if (clock.GetElapsedTime(since[member]) >= (excluded ? InAfterOf(state.Members[member]) : OutAfter))
                due.Add(Note(member, excluded, sight));
        }

        foreach (string gone in since.Keys.Where(member => !eyes.ContainsKey(member)).ToList())
            since.Remove(gone);
        return due;
    }

    private static TimeSpan InAfterOf(MemberStatus status) =>
        status.IncludedMs > 0 && status.ExcludedMs - status.IncludedMs < Soon.TotalMilliseconds ? InAfterAgain : InAfter;

    private static Command Note(string member, bool excluded, Eyesight sight) => new()
    {
        NoteMember = new NoteMember
        {
            NodeId = member,
            Kind = excluded ? MessageKind.MemberIncluded : MessageKind.MemberExcluded,
            Detail = excluded ? "" : $"{sight.Alone} of its {sight.Seen} checks fail there and are up for most members",
        },
    };
}
