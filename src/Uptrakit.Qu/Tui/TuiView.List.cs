using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <content>The lists of the tabs.</content>
internal sealed partial class TuiView
{
    private void List(Frame frame, TuiModel model)
    {
        Column[] columns = Columns(model);
        if (model.Height >= Tiny)
            Headings(frame.Add().Text("  "), columns);
        if (model.Count == 0)
        {
            frame.Add().Text($"  {Empty(model)}", Tone.Faint);
            return;
        }

        int rows = RowsIn(model.Height);
        // The chosen row stays in sight, with the list before it where there is one.
        int first = Math.Clamp(model.Selected - (rows / 2), 0, Math.Max(0, model.Count - rows));
        for (int i = first; i < Math.Min(model.Count, first + rows); i++)
            Row(frame.Add(), columns, CellsOf(model, i), i == model.Selected);
    }

    private static void Headings(FrameLine line, Column[] columns)
    {
        foreach (Column column in columns)
            line.Cell(column.Title, column.Width + 1, Tone.Faint);
    }

    private static void Row(FrameLine line, Column[] columns, Cell[] cells, bool chosen)
    {
        line.Text(chosen ? "> " : "  ", chosen: chosen, strong: chosen);
        for (int i = 0; i < columns.Length; i++)
            line.Cell(cells[i].Text, columns[i].Width, cells[i].Tone, chosen).Text(" ", chosen: chosen);
    }

    private static string Empty(TuiModel model)
    {
        if (model.Status is null)
            return "";
        if (model.Filter.Length > 0)
            return "nothing fits the filter; Esc clears it";
        return model.Tab switch
        {
            Tab.Checks => "no checks yet; a adds one",
            Tab.Alerts => "no alerts yet; a adds one",
            Tab.Events => "nothing has happened",
            _ => "no members",
        };
    }

    /// <summary>Those that fit; the last one takes what is left.</summary>
    private static Column[] Columns(TuiModel model)
    {
        int width = model.Width;
        Column[] wanted = model.Tab switch
        {
            Tab.Peers => [new("NODE", width >= 130 ? 36 : 8), new("ADVERTISE", Math.Clamp(width / 4, 14, 32)), new("ROLE", 7), new("LIVE", 4), new("SEEN", 11), new("HEARS", 6), new("VERSION", 12)],
            Tab.Checks => [new("NAME", Math.Clamp(width / 4, 12, 32)), new("STATE", 11), new("UP", 5), new("SINCE", 10), new("ALERTS", Math.Clamp(width / 6, 8, 24)), new("DETAIL", 10)],
            Tab.Alerts => [new("NAME", Math.Clamp(width / 4, 12, 32)), new("TYPE", 9), new("ON", 3), new("DEFAULT", 7), new("WHERE", 10)],
            _ => [new("TIME (UTC)", 14), new("WHAT", 10)],
        };
        int left = width - 2;
        List<Column> fitting = [];
        foreach (Column column in wanted.TakeWhile(column => left > column.Width || fitting.Count == 0))
        {
            fitting.Add(column);
            left -= column.Width + 1;
        }

        fitting[^1] = fitting[^1] with { Width = Math.Max(1, fitting[^1].Width + left) };
        return [.. fitting];
    }

    private Cell[] CellsOf(TuiModel model, int row) => model.Tab switch
    {
        Tab.Peers => CellsOf(model.Peers[row], model),
        Tab.Checks => CellsOf(model.Checks[row]),
        Tab.Alerts => CellsOf(model.ShownAlerts[row]),
        _ => CellsOf(model.ShownEvents[row]),
    };

    private Cell[] CellsOf(PeerStatus peer, TuiModel model)
    {
        StatusReply status = model.Status!;
        string id = model.Width >= 130 ? peer.NodeId : Short(peer.NodeId);
        string role = peer.NodeId == status.Master ? "master" : peer.Role;
        int others = status.Peers.Count - 1;
        int heard = status.Peers.Count(other => other.NodeId != peer.NodeId && peer.Hears.Contains(other.NodeId));
        return
        [
            id, peer.Advertise, role, peer.Live ? new Cell("yes", Tone.Good) : new Cell("NO", Tone.Bad),
            peer.NodeId == status.NodeId ? "this node" : Times.Ago(clock, peer.LastSeenMs),
            peer.Live ? new Cell($"{heard}/{others}", heard == others ? Tone.Plain : Tone.Doubtful) : "", peer.Software,
        ];
    }

    private Cell[] CellsOf(CheckRow check) =>
    [
        check.Name, new(check.State, StateWords.ToneOf(check.State)), check.State == "disabled" ? "" : $"{check.Ok}/{check.Total}",
        check.SinceMs > 0 ? Times.Ago(clock, check.SinceMs) : "", string.Join(",", check.Alerts), check.Detail,
    ];

    /// <summary>Without what opens the door there.</summary>
    private static Cell[] CellsOf(Alert alert) =>
    [
        alert.Name, Kinds.Text(alert.Type), alert.Enabled ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Faint), alert.IsDefault ? "yes" : "no", AlertView.MaskedUrl(alert),
    ];

    private static Cell[] CellsOf(TuiEvent one) => [Times.Short(one.At), new(one.Words, one.Tone)];

    private readonly record struct Column(string Title, int Width);
}
