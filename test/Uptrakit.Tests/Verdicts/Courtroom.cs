using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;

namespace Uptrakit.Tests.Verdicts;

/// <summary>A judge with members that answer when they are asked, and a state that commits what it is handed.</summary>
internal sealed class Courtroom
{
    private ImmutableDictionary<string, CheckStatus> committed = ImmutableDictionary<string, CheckStatus>.Empty;

    public Courtroom(int members, int checks = 1)
    {
        Members = [.. Enumerable.Range(0, members).Select(i => $"node-{i}")];
        Checks = [.. Enumerable.Range(0, checks).Select(i => MakeCheck($"c-{i:x12}"))];
        Votes = new VoteTable(Clock);
        Judge = new Judge(Votes, Clock);
        Judge.Update(Checks, Members);
        Judge.Reset();
    }

    public FakeTimeProvider Clock { get; } = new();

    public List<string> Members { get; }

    public List<Check> Checks { get; }

    public VoteTable Votes { get; }

    public Judge Judge { get; }

    /// <summary>How long each probe takes, as its member says.</summary>
    public TimeSpan Latency { get; set; }

    public bool Commits { get; set; } = true;

    public List<Confirm> Confirms { get; } = [];

    public List<Transition> Flips { get; } = [];

    /// <summary>What each member sees; null: it does not answer.</summary>
    public Dictionary<string, bool?> Sees { get; } = [];

    /// <summary>What all members see of a check other than the first; without an entry none of them answers.</summary>
    public Dictionary<string, bool?> Others { get; } = [];

    public Check Check => Checks[0];

    public CheckState State => committed.TryGetValue(Check.Id, out CheckStatus? status) ? status.State : CheckState.Unknown;

    public static Check MakeCheck(string id) => new()
    {
        Id = id, Name = id, Type = CheckType.Tcp, Enabled = true, Target = "localhost:1", IntervalMs = 30_000, TimeoutMs = 10_000,
        ChangedIn = 5,
    };

    public void Commit(CheckState state, CheckState? settled = null, Check? check = null)
    {
        string id = (check ?? Check).Id;
        committed = committed.SetItem(id, new CheckStatus { CheckId = id, State = state, Settled = settled ?? state });
    }

    /// <summary>The votes of these members do not count from now on.</summary>
    public void Exclude(params int[] members) => Judge.Update(Checks, Members, [.. members.Select(static i => $"node-{i}")]);

    public bool Vote(
        int member, bool ok, TimeSpan age = default, long round = 0, string detail = "refused", long? changedIn = null, Check? check = null) =>
        Votes.Record($"node-{member}", new ProbeVote(
            (check ?? Check).Id, ok, ok ? "" : detail, round, changedIn ?? (check ?? Check).ChangedIn, Latency, age));

    public Tally Count() => Votes.Count(Check, Members);

    public void See(params bool?[] answers)
    {
        for (int i = 0; i < answers.Length; i++)
            Sees[$"node-{i}"] = answers[i];
    }

    /// <summary>Every member's regular probe.</summary>
    public void ProbeAll()
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (Sees.GetValueOrDefault($"node-{i}") is { } ok)
                Vote(i, ok);
        }
    }

    public IReadOnlyList<JudgeAction> Evaluate()
    {
        IReadOnlyList<JudgeAction> actions = Judge.Evaluate(committed.GetValueOrDefault, committed);
        foreach (JudgeAction action in actions)
        {
            if (action is Confirm confirm)
                Confirms.Add(confirm);
            else if (action is Flip flip)
                Take(flip.Transition);
        }

        return actions;
    }

    /// <summary>Ticks of 100 ms in which those that are asked answer.</summary>
    public void Run(TimeSpan time)
    {
        for (TimeSpan done = TimeSpan.Zero; done < time; done += TimeSpan.FromMilliseconds(100))
        {
            foreach (Confirm confirm in Evaluate().OfType<Confirm>())
            {
                foreach (Check asked in Checks.Where(check => confirm.CheckIds.Contains(check.Id)))
                    Answer(asked, confirm.Round);
            }

            Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>As many seconds with a regular probe of all in each tenth.</summary>
    public void RunProbing(int seconds)
    {
        for (int i = 0; i < seconds; i += 10)
        {
            ProbeAll();
            Run(TimeSpan.FromSeconds(10));
        }
    }

    private void Answer(Check asked, long round)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (SeesOf(asked).GetValueOrDefault($"node-{i}") is { } ok)
                Vote(i, ok, round: round, check: asked);
        }
    }

    private Dictionary<string, bool?> SeesOf(Check check) => Others.TryGetValue(check.Id, out bool? all)
        ? Members.ToDictionary(static member => member, _ => all)
        : check == Check ? Sees : [];

    private void Take(Transition transition)
    {
        Flips.Add(transition);
        if (!Commits)
            return;
        CheckState settled = transition.To == CheckState.Unknown ? transition.From : transition.To;
        committed = committed.SetItem(transition.CheckId, new CheckStatus { CheckId = transition.CheckId, State = transition.To, Settled = settled });
    }
}
