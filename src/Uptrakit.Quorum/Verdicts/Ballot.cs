using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Verdicts;

/// <summary>The newest vote of each member on one check.</summary>
internal sealed class Ballot(Check check, int members, TimeSpan now)
{
    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(30);
    private CastVote[] votes = new CastVote[members];

    public Check Check { get; private set; } = check;

    public TimeSpan Window { get; private set; } = WindowOf(check);

    /// <summary>Since when the check is probed as it is.</summary>
    public TimeSpan Since { get; private set; } = now;

    /// <summary>In the table's list of ballots with new votes.</summary>
    public bool Queued { get; set; }

    /// <summary>What the judge remembers of the check.</summary>
    public Case Case => field ??= new Case(this);

    /// <summary>A member says something else than before, or something after silence, since the judge looked last.</summary>
    public bool Stirred { get; set; } = true;

    public int Members => votes.Length;

    public static TimeSpan WindowOf(Check check)
    {
        TimeSpan window = TimeSpan.FromMilliseconds(3 * (double)Math.Clamp(check.IntervalMs, 0, 86_400_000));
        return window > LeastWindow ? window : LeastWindow;
    }

    public void Define(Check check, TimeSpan now)
    {
        bool changed = check.ChangedIn != Check.ChangedIn;
        Check = check;
        Window = WindowOf(check);
        if (!changed)
            return;
        Since = now;
        foreach (ref CastVote vote in votes.AsSpan())
        {
            if (vote.ChangedIn < check.ChangedIn)
                vote = default;
        }
    }

    /// <summary>Members came or went: <paramref name="from"/> has the old place of each new one, or −1.</summary>
    public void Reseat(ReadOnlySpan<int> from)
    {
        CastVote[] seated = new CastVote[from.Length];
        for (int i = 0; i < seated.Length; i++)
        {
            if (from[i] >= 0)
                seated[i] = votes[from[i]];
        }

        votes = seated;
    }

    /// <summary>The same votes with other members; this ballot stays as it is.</summary>
    public Ballot For(ReadOnlySpan<int> from, TimeSpan now)
    {
        Ballot other = new(Check, votes.Length, now) { votes = votes };
        other.Reseat(from);
        return other;
    }

    public bool Record(int member, in ProbeVote vote, TimeSpan now)
    {
        if (vote.ChangedIn < Check.ChangedIn)
            return false;
        // A clock that runs fast must not make a vote permanent, nor a slow one silence the node.
        TimeSpan ended = now - Clamp(vote.Age, Window);
        ref CastVote last = ref votes[member];
        CastVote cast = new()
        {
            Present = true,
            Ok = vote.Ok,
            Warn = vote.Ok && vote.Warn,
            Ended = ended,
            Started = ended - Clamp(vote.Latency, Window),
            Round = vote.Round,
            ChangedIn = vote.ChangedIn,
            Detail = vote.Detail.Length <= Tally.MaxDetail ? vote.Detail : vote.Detail[..Tally.MaxDetail],
        };
        if (!cast.IsNewerThan(last))
            return false;
        bool changes = !IsLive(last, now) || last.State != cast.State;
        cast.Fresh = last.Fresh || changes;
        Stirred |= changes;
        last = cast;
        return true;
    }

    /// <summary>The count without its words: it is asked ten thousand times a second.</summary>
    /// <param name="without">Members whose votes are left out, by seat; they stay part of the whole, so that the others still need a majority of all.</param>
    /// <param name="round">If given, only votes of probes that it asked for or that began after it count.</param>
    public Tally Count(TimeSpan now, bool[]? without = null, Round? round = null)
    {
        int ok = 0, warn = 0, notOk = 0;
        for (int seat = 0; seat < votes.Length; seat++)
        {
            ref readonly CastVote vote = ref votes[seat];
            if (!IsLive(vote, now) || without?[seat] == true || (round is not null && !round.Covers(vote)))
                continue;
            if (vote.Ok)
                ok++;
            else
                notOk++;
            if (vote.Warn)
                warn++;
        }

        return new Tally(Tally.Decide(ok, warn, notOk, votes.Length, Check.DownWhen), ok, notOk, votes.Length, "");
    }

    /// <summary>A member changed its mind against the committed state, and that was not looked into yet.</summary>
    public bool HasFreshDisagreement(CheckState committed, bool[]? without = null)
    {
        bool found = false;
        for (int seat = 0; seat < votes.Length; seat++)
        {
            ref CastVote vote = ref votes[seat];
            if (!vote.Fresh || without?[seat] == true)
                continue;
            if (committed == vote.State)
                vote.Fresh = false;
            else
                found = true;
        }

        return found;
    }

    public void ClearFresh()
    {
        foreach (ref CastVote vote in votes.AsSpan())
            vote.Fresh = false;
    }

    public string Describe(TimeSpan now, in Tally tally, bool[]? without = null) => Details.Describe(LiveVotes(now, without), tally);

    /// <summary>What a member sees; null when it has not said so lately.</summary>
    public SeenVote? Seen(string member, int seat, TimeSpan now, bool excluded) =>
        IsLive(votes[seat], now) ? new SeenVote(member, votes[seat], now, excluded) : null;

    /// <summary>Adds to what is known of each member's eyes.</summary>
    public void Compare(Span<Eyesight> eyes, TimeSpan now)
    {
        int ok = 0;
        foreach (ref readonly CastVote vote in votes.AsSpan())
            ok += IsLive(vote, now) && vote.Ok ? 1 : 0;
        // A majority of all members: of those that voted, one machine alone could be one.
        bool well = ok >= (votes.Length / 2) + 1;
        for (int seat = 0; seat < votes.Length; seat++)
        {
            if (IsLive(votes[seat], now))
                eyes[seat] = eyes[seat].With(votes[seat].Ok, well);
        }
    }

    /// <summary>Until when the votes say what they say now if no other ones come: the first of them is too old then.</summary>
    public TimeSpan KeepsUntil(TimeSpan now)
    {
        TimeSpan until = TimeSpan.MaxValue;
        foreach (ref readonly CastVote vote in votes.AsSpan())
        {
            if (IsLive(vote, now) && vote.Ended + Window < until)
                until = vote.Ended + Window;
        }

        return until;
    }

    private List<CastVote> LiveVotes(TimeSpan now, bool[]? without) => [.. votes.Where((vote, seat) => IsLive(vote, now) && without?[seat] != true)];

    private bool IsLive(in CastVote vote, TimeSpan now) =>
        vote.Present && vote.ChangedIn == Check.ChangedIn && now - vote.Ended < Window;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan most) =>
        value < TimeSpan.Zero ? TimeSpan.Zero : value > most ? most : value;
}
