using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Tui;

/// <summary>Draws the model. Only the rows that are visible cost anything, however many there are.</summary>
internal sealed partial class TuiView(TimeProvider clock)
{
    // Header, tabs and headings stand above the rows, notice and keys below. On a small terminal the last two go first, then the headings.
    private const int Small = 7;
    private const int Tiny = 5;

    public static int RowsIn(int height) => Math.Max(1, height - (height < Tiny ? 2 : height < Small ? 3 : 5));

    public Frame Draw(TuiModel model)
    {
        Frame frame = new(model.Width, model.Height);
        Header(frame, model);
        TabBar(frame, model);
        switch (model.Mode)
        {
            case TuiMode.Filling form:
                Form(frame, form);
                break;
            case TuiMode.Looking looking:
                Detail(frame, model, looking);
                break;
            default:
                List(frame, model);
                break;
        }

        return WithFoot(frame, model);
    }

    private static Frame WithFoot(Frame frame, TuiModel model)
    {
        int foot = model.Height < Small ? 0 : 2;
        // A foot of its own picture, so that a long body cannot push it out.
        Frame whole = new(model.Width, model.Height);
        foreach (IReadOnlyList<Piece> line in frame.Lines.Take(model.Height - foot))
            Copy(whole.Add(), line);
        if (foot == 0)
            return whole;
        Notice(whole.Add(), model);
        whole.Add().Text(KeysOf(model), Tone.Faint);
        return whole;
    }

    private static void Copy(FrameLine to, IReadOnlyList<Piece> line)
    {
        foreach (Piece piece in line)
            to.Text(piece.Text, piece.Tone, piece.Chosen, piece.Strong);
    }

    private void Header(Frame frame, TuiModel model)
    {
        FrameLine line = frame.Add().Text($"qu {model.Status?.Software} ", strong: true);
        if (model.Lost.Length > 0)
        {
            line.Text($"no answer for {Times.Lasting((long)(clock.GetUtcNow() - model.LostSince).TotalMilliseconds)}: {model.Lost}", Tone.Bad);
            return;
        }

        if (model.Status is not { } status)
        {
            line.Text("asking the daemon …", Tone.Faint);
            return;
        }

        bool led = status.Master.Length > 0;
        line.Text(status.Quorum ? "quorum yes" : "quorum NO", status.Quorum ? Tone.Good : Tone.Bad)
            .Text($" ({status.QuorumNeeded} of {status.Voters})")
            .Text("  master ").Text(led ? Short(status.Master) : "none", led ? Tone.Plain : Tone.Bad)
            .Text($"  term {status.Term}  config {status.ConfigVersion}")
            .Text($"  this is {Short(status.NodeId)}, {status.Role}", Tone.Faint)
            .Text(status.Outbox > 0 ? $"  messages waiting: {status.Outbox}" : "", Tone.Doubtful);
    }

    private static void TabBar(Frame frame, TuiModel model)
    {
        FrameLine line = frame.Add();
        foreach (Tab tab in Enum.GetValues<Tab>())
        {
            bool here = tab == model.Tab;
            // Brackets say it, too: colours may be off.
            string label = $"{(int)tab + 1} {tab}{(tab == Tab.Events ? "" : $" {model.CountOf(tab)}")}";
            line.Text(here ? $"[{label}]" : $" {label} ", here ? Tone.Plain : Tone.Faint, strong: here);
        }

        if (model.Filter.Length > 0 || model.Mode is TuiMode.Filtering)
            line.Text($"  /{model.Filter}{(model.Mode is TuiMode.Filtering ? "_" : "")}", Tone.Doubtful);
    }

    private static void Notice(FrameLine line, TuiModel model)
    {
        if (model.Mode is TuiMode.Confirming confirming)
            line.Text($"{confirming.Question} y/n", Tone.Doubtful, strong: true);
        else if (model.Mode is TuiMode.Filling { Fault.Length: > 0 } form)
            line.Text(form.Fault, Tone.Bad);
        else if (model.Notice.Length > 0)
            line.Text(model.Notice, model.NoticeTone);
        else if (model.Status is { Warnings.Count: > 0 } status)
            line.Text($"warning: {status.Warnings[0]}", Tone.Doubtful);
    }

    private static string KeysOf(TuiModel model) => model.Mode switch
    {
        TuiMode.Filtering => "type to filter   Enter keeps it   Esc clears it",
        TuiMode.Confirming => "y does it   any other key does not",
        TuiMode.Filling => "Tab next   Enter on the last line sends   Esc gives up",
        TuiMode.Looking => "Esc back   j k next check   t test   x on/off   d delete   q quit",
        _ => model.Tab switch
        {
            Tab.Checks => "Enter details  / filter  a add  d delete  t test  x on/off  r refresh  q quit",
            Tab.Alerts => "/ filter  a add  d delete  t test  x on/off  D default  r refresh  q quit",
            Tab.Peers => "/ filter  d evict  r refresh  1-4 Tab tabs  q quit",
            _ => "/ filter  r refresh  1-4 Tab tabs  q quit",
        },
    };

    private static string Short(string nodeId) => nodeId.Split('-')[0];
}
