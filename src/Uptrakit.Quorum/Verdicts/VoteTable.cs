using System.Diagnostics.CodeAnalysis;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The newest vote of each member on each enabled check. Safe to call from several threads.</summary>
internal sealed class VoteTable(TimeProvider clock)
{
    private readonly long origin = clock.GetTimestamp();
    private readonly Dictionary<string, Ballot> ballots = [];
    private readonly Dictionary<string, int> seats = [];
    private bool[]? excluded;
    private List<Ballot> changed = [];
    private TaskCompletionSource stir = NewStir();

    /// <summary>Ends when a vote says something else than the member's last one on that check did. Read under <see cref="Gate"/>.</summary>
    internal Task Stirred => stir.Task;

    /// <summary>Held over every look at ballots; nobody waits for anything else while holding it.</summary>
    internal Lock Gate { get; } = new();

    internal TimeSpan Now => clock.GetElapsedTime(origin);

    /// <summary>When the members that count were last others: until each has probed, silence means nothing.</summary>
    internal TimeSpan MembersSince { get; private set; }

    internal IReadOnlyCollection<Ballot> Ballots => ballots.Values;

    /// <summary>The checks and members of the applied state; votes of the others are forgotten.</summary>
    /// <param name="excluded">Members whose votes are not to count.</param>
    public void Update(IEnumerable<Check> checks, IReadOnlyCollection<string> members, IReadOnlyCollection<string>? excluded = null)
    {
        lock (Gate)
        {
            Reseat(members);
            bool[] seatsOut = new bool[seats.Count];
            foreach (string member in excluded ?? [])
            {
                if (seats.TryGetValue(member, out int seat))
                    seatsOut[seat] = true;
            }

            this.excluded = seatsOut.Contains(true) ? seatsOut : null;
            HashSet<string> gone = [.. ballots.Keys];
            foreach (Check check in checks)
            {
                if (!check.Enabled)
                    continue;
                gone.Remove(check.Id);
                if (ballots.TryGetValue(check.Id, out Ballot? ballot))
                    ballot.Define(check, Now);
                else
                    ballots[check.Id] = new Ballot(check, seats.Count, Now);
            }

            foreach (string id in gone)
                ballots.Remove(id);
        }
    }

    public bool Knows(string checkId)
    {
        lock (Gate)
            return ballots.ContainsKey(checkId);
    }

    /// <summary>One check of the applied state, ahead of the next <see cref="Update"/>.</summary>
    public void Admit(Check check)
    {
        lock (Gate)
        {
            if (check.Enabled)
                ballots.TryAdd(check.Id, new Ballot(check, seats.Count, Now));
        }
    }

    /// <summary>Takes a vote of a member; false when it says nothing new here.</summary>
    /// <param name="member">Whose key the connection has. A stranger's vote is not kept.</param>
    public bool Record(string member, in ProbeVote vote)
    {
        lock (Gate)
        {
            if (!seats.TryGetValue(member, out int seat) || !ballots.TryGetValue(vote.CheckId, out Ballot? ballot)
                || !ballot.Record(seat, vote, Now))
                return false;
            if (!ballot.Queued)
                changed.Add(ballot);
            ballot.Queued = true;
            if (ballot.Stirred)
                stir.TrySetResult();
            return true;
        }
    }

    /// <summary>Whose votes are left out of the count, by seat; null: nobody's.</summary>
    /// <remarks>
    /// What is down stays down until its votes say otherwise, those of excluded members too: an exclusion can keep an outage from being seen
    /// by one alone, but it never ends one.
    /// </remarks>
    internal bool[]? LeftOut(CheckState committed) => committed == CheckState.Down ? null : excluded;

    /// <summary>The present count with its words.</summary>
    /// <param name="committed">The state that is in force.</param>
    public Tally Count(Check check, IReadOnlyCollection<string> members, CheckState committed = CheckState.Unknown)
    {
        lock (Gate)
        {
            if (!ballots.TryGetValue(check.Id, out Ballot? ballot) || ballot.Check.ChangedIn != check.ChangedIn)
                return new Tally(CheckState.Unknown, 0, 0, members.Count, $"0 of {members.Count} report");
            bool[]? without = LeftOut(committed);
            if (members.Count != seats.Count || !members.All(seats.ContainsKey))
            {
                int[] from = [.. members.Select(member => seats.GetValueOrDefault(member, -1))];
                ballot = ballot.For(from, Now);
                without = without is null ? null : [.. from.Select(seat => seat >= 0 && without[seat])];
            }

            Tally tally = ballot.Count(Now, without);
            // All well, and nothing to describe: nearly always so, and a status asks for every check.
            return tally is { NotOk: 0, State: CheckState.Up } ? tally : tally with { Detail = ballot.Describe(Now, tally, without) };
        }
    }

    /// <summary>Who sees what: the newest vote of each member that is not too old to count.</summary>
    public IReadOnlyList<SeenVote> VotesOn(Check check)
    {
        lock (Gate)
        {
            if (!ballots.TryGetValue(check.Id, out Ballot? ballot) || ballot.Check.ChangedIn != check.ChangedIn)
                return [];
            return [.. seats.OrderBy(static seat => seat.Value).Select(seat => ballot.Seen(seat.Key, seat.Value, Now, excluded?[seat.Value] == true)).OfType<SeenVote>()];
        }
    }

    /// <summary>The same for the messages that a change causes.</summary>
    public IEnumerable<NodeReport> ReportsOn(Check check) => VotesOn(check).Take(NodeReports.Most).Select(static vote => vote.ToReport());

    /// <summary>How each member's votes compare with what most see.</summary>
    public IReadOnlyDictionary<string, Eyesight> Compare()
    {
        lock (Gate)
        {
            Eyesight[] eyes = new Eyesight[seats.Count];
            foreach (Ballot ballot in ballots.Values)
                ballot.Compare(eyes, Now);
            return seats.ToDictionary(static seat => seat.Key, seat => eyes[seat.Value], StringComparer.Ordinal);
        }
    }

    /// <summary>Forgets every vote: those of a former time as leader are stale.</summary>
    internal void Clear()
    {
        Check[] checks = [.. ballots.Values.Select(ballot => ballot.Check)];
        ballots.Clear();
        changed.Clear();
        foreach (Check check in checks)
            ballots[check.Id] = new Ballot(check, seats.Count, Now);
    }

    /// <summary>The ballots with votes since the last call.</summary>
    internal List<Ballot> TakeChanged()
    {
        List<Ballot> taken = changed;
        changed = [];
        foreach (Ballot ballot in taken)
            ballot.Queued = false;
        if (stir.Task.IsCompleted)
            stir = NewStir();
        return taken;
    }

    private static TaskCompletionSource NewStir() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal bool TryFind(string checkId, [NotNullWhen(true)] out Ballot? ballot) => ballots.TryGetValue(checkId, out ballot);

    private void Reseat(IReadOnlyCollection<string> members)
    {
        string[] next = [.. members.Distinct().Order(StringComparer.Ordinal)];
        if (next.Length == seats.Count && next.All(seats.ContainsKey))
            return;
        int[] from = [.. next.Select(member => seats.GetValueOrDefault(member, -1))];
        foreach (Ballot ballot in ballots.Values)
            ballot.Reseat(from);
        seats.Clear();
        for (int i = 0; i < next.Length; i++)
            seats[next[i]] = i;
        MembersSince = Now;
    }
}
