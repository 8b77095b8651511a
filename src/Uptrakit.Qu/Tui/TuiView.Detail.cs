using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Tui;

/// <content>One check in full, and the forms.</content>
internal sealed partial class TuiView
{
    private const int Named = 10;

    private void Detail(Frame frame, TuiModel model, TuiMode.Looking looking)
    {
        if (model.Status?.Checks.FirstOrDefault(row => row.Id == looking.CheckId) is not { } check)
        {
            frame.Add().Text("  this check is gone; Esc goes back", Tone.Doubtful);
            return;
        }

        frame.Add().Text(check.Name, strong: true).Text($"  {check.Type} {check.Target}  {check.Id}", Tone.Faint);
        Line(frame, "state").Text(check.State, StateWords.ToneOf(check.State)).Text(check.SinceMs > 0 ? $", {Times.Ago(clock, check.SinceMs)}" : "")
            .Text($", {check.Ok} of {check.Total} see it up");
        if (check.Detail.Length > 0)
            Line(frame, "detail").Text(check.Detail);
        Line(frame, "alerts").Text(check.Alerts.Count > 0 ? string.Join(", ", check.Alerts) : "none");
        CheckHistory? past = looking.Past?.Checks.FirstOrDefault();
        if (past is not null)
            Line(frame, "uptime").Text($"{Words.Percent(past.Share())} of the last {Times.Lasting(looking.Past!.ToMs - looking.Past.FromMs)}");
        frame.Add().Text($"{"NODE",-Named}{"SEES",-9}{"LATENCY",-11}{"AGE",-8}{"LAST HOUR",-9}", Tone.Faint);
        foreach (PeerStatus peer in model.Status.Peers)
            Sees(frame.Add(), model, peer, check, looking, past);
        if (looking.Fault.Length > 0)
            frame.Add().Text(looking.Fault, Tone.Doubtful);
        foreach (OutageRow outage in past?.Outages ?? [])
            Outage(frame.Add(), outage);
    }

    private static void Sees(FrameLine line, TuiModel model, PeerStatus peer, CheckRow check, TuiMode.Looking looking, CheckHistory? past)
    {
        line.Cell(Short(peer.NodeId), Named);
        VoteRow? vote = check.Votes.FirstOrDefault(one => one.NodeId == peer.NodeId);
        if (vote is null)
            line.Cell("silent", 28, Tone.Doubtful);
        else
            line.Cell(vote.State, 9, StateWords.ToneOf(vote.State)).Cell(CheckSightView.Latency(vote.LatencyUs), 11).Cell(Times.Lasting(vote.AgeMs), 8);
        int spark = Math.Clamp(model.Width / 3, 8, 60);
        CheckResults? results = past?.Nodes.FirstOrDefault(one => one.NodeId == peer.NodeId)?.Results;
        line.Cell(results is null ? "" : Sparkline.Of(results, looking.Past!.FromMs, looking.Past.ToMs, spark), spark);
        if (vote is { Detail.Length: > 0 })
            line.Text($" {vote.Detail}", Tone.Faint);
    }

    private static void Outage(FrameLine line, OutageRow outage) => line
        .Text($"down {Times.Shown(outage.FromMs)} ", Tone.Bad)
        .Text(outage.ToMs > 0 ? $"for {Times.Lasting(outage.ToMs - outage.FromMs)}" : "goes on").Text(outage.Detail.Length > 0 ? $": {outage.Detail}" : "", Tone.Faint);

    private static FrameLine Line(Frame frame, string name) => frame.Add().Cell(name, Named, Tone.Faint);

    private static void Form(Frame frame, TuiMode.Filling form)
    {
        frame.Add().Text(form.Kind == Tab.Checks ? "A new check" : "A new alert", strong: true);
        for (int i = 0; i < form.Fields.Length; i++)
        {
            (FormField field, bool here) = (form.Fields[i], i == form.At);
            FrameLine line = frame.Add().Text(here ? "> " : "  ").Cell(field.Name, Named, here ? Tone.Plain : Tone.Faint);
            // Of a long text its end is seen, where the next letter goes.
            int room = Math.Max(1, line.Left - 2);
            string value = field.Value.Length > room ? field.Value[^room..] : field.Value;
            line.Text(field.Choices.IsEmpty ? value : $"< {value} >", chosen: here).Text(here && field.Choices.IsEmpty ? "_" : "");
            if (here || field.Value.Length == 0)
                line.Text($"  {field.Hint}", Tone.Faint);
        }
    }
}
