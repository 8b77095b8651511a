using System.Collections.Immutable;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <summary>All that the view is made from.</summary>
internal sealed record TuiModel
{
    public const int MostEvents = 500;

    public int Width { get; init; } = 80;

    public int Height { get; init; } = 24;

    public Tab Tab { get; init; } = Tab.Checks;

    public TuiMode Mode { get; init; } = TuiMode.Browsing;

    /// <summary>The last answer of the daemon; null before the first.</summary>
    public StatusReply? Status { get; init; }

    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Newest first.</summary>
    public ImmutableList<TuiEvent> Events { get; init; } = [];

    public string Filter { get; init; } = "";

    /// <summary>Which row of each tab is chosen.</summary>
    public ImmutableArray<int> At { get; init; } = [0, 0, 0, 0];

    /// <summary>Why the daemon does not answer; empty: it does.</summary>
    public string Lost { get; init; } = "";

    public DateTimeOffset LostSince { get; init; }

    /// <summary>What became of the last order.</summary>
    public string Notice { get; init; } = "";

    public Tone NoticeTone { get; init; }

    /// <summary>Rows of the tab that the filter lets through; made anew when they change, not for each picture.</summary>
    public IReadOnlyList<PeerStatus> Peers { get; init; } = [];

    public IReadOnlyList<CheckRow> Checks { get; init; } = [];

    public IReadOnlyList<Alert> ShownAlerts { get; init; } = [];

    public IReadOnlyList<TuiEvent> ShownEvents { get; init; } = [];

    /// <summary>The check whose votes are to be asked for.</summary>
    public string? Watched => Mode is TuiMode.Looking looking ? looking.CheckId : null;

    public int Selected => At[(int)Tab];

    public int Count => CountOf(Tab);

    public PeerStatus? Peer => Tab == Tab.Peers ? Peers.ElementAtOrDefault(Selected) : null;

    public CheckRow? Check => Tab == Tab.Checks ? Checks.ElementAtOrDefault(Selected) : null;

    public Alert? Alert => Tab == Tab.Alerts ? ShownAlerts.ElementAtOrDefault(Selected) : null;

    public int CountOf(Tab tab) => tab switch
    {
        Tab.Peers => Peers.Count,
        Tab.Checks => Checks.Count,
        Tab.Alerts => ShownAlerts.Count,
        _ => ShownEvents.Count,
    };

    public TuiModel Select(int row) => this with { At = At.SetItem((int)Tab, Math.Clamp(row, 0, Math.Max(0, Count - 1))) };

    public TuiModel Tell(string words, Tone tone = Tone.Plain) => this with { Notice = Plain.Line(words), NoticeTone = tone };

    /// <summary>Filters anew; what was chosen stays chosen, wherever it stands now.</summary>
    public TuiModel Filtered()
    {
        (string? peer, string? check, string? alert) = (Peers.ElementAtOrDefault(At[0])?.NodeId, Checks.ElementAtOrDefault(At[1])?.Id, ShownAlerts.ElementAtOrDefault(At[2])?.Id);
        TuiModel next = this with
        {
            Peers = Status is null ? [] : Where(Status.Peers, peer => Has(peer.NodeId) || Has(peer.Advertise) || Has(peer.Role)),
            Checks = Status is null ? [] : Where(Status.Checks, row => Has(row.Name) || Has(row.State) || Has(row.Type) || Has(row.Target) || Has(row.Detail)),
            ShownAlerts = Where(Alerts, one => Has(one.Name) || Has(Kinds.Text(one.Type))),
            ShownEvents = Where(Events, one => Has(one.Words)),
        };
        int[] at =
        [
            IndexOf(next.Peers, one => one.NodeId == peer, At[0]), IndexOf(next.Checks, one => one.Id == check, At[1]),
            IndexOf(next.ShownAlerts, one => one.Id == alert, At[2]), Math.Clamp(At[3], 0, Math.Max(0, next.ShownEvents.Count - 1)),
        ];
        return next with { At = [.. at] };
    }

    public TuiModel With(IEnumerable<TuiEvent> happened)
    {
        TuiEvent[] all = [.. happened];
        return all.Length == 0 ? this : this with { Events = [.. Events.Concat(all).OrderByDescending(static one => one.At).Take(MostEvents)] };
    }

    private bool Has(string text) => text.Contains(Filter, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyList<T> Where<T>(IReadOnlyList<T> all, Func<T, bool> shows) => Filter.Length == 0 ? all : [.. all.Where(shows)];

    private static int IndexOf<T>(IReadOnlyList<T> rows, Func<T, bool> isIt, int former)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (isIt(rows[i]))
                return i;
        }

        return Math.Clamp(former, 0, Math.Max(0, rows.Count - 1));
    }
}
