using Uptrakit.Qu.Control;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>One check: its state, who sees what, how it is set, its last outages.</summary>
internal static class CheckSightView
{
    internal static void WriteText(Terminal terminal, CheckSight sight, TimeProvider clock)
    {
        (Check check, CheckRow row) = (sight.Check, sight.Row);
        CheckNames names = CheckNames.Of(sight.State);
        Line(terminal, "check", $"{check.Name} ({check.Id})");
        Line(terminal, "target", $"{row.Type} {check.Target}");
        string since = row.SinceMs > 0 ? $", {Times.Ago(clock, row.SinceMs)} ({Times.Shown(row.SinceMs)})" : "";
        Line(terminal, "state", $"{row.State}{since}", StateWords.ToneOf(row.State));
        Line(terminal, "votes", $"{row.Ok} of {row.Total} see it up");
        if (row.Detail.Length > 0)
            Line(terminal, "detail", row.Detail);
        Line(terminal, "alerts", row.Alerts.Count > 0 ? string.Join(", ", row.Alerts) : "none");
        Line(terminal, "probed", $"every {Durations.Format(check.IntervalMs)}, within {Durations.Format(check.TimeoutMs)}");
        if (check.ParentIds.Count > 0)
            Line(terminal, "parents", string.Join(", ", names.OfChecks(check.ParentIds)));
        if (check.Resolvers.Count > 0)
            Line(terminal, "resolve", string.Join(", ", check.Resolvers));
        foreach (CheckField field in CheckFields.For(check.Type))
        {
            if (CheckView.ValuesOf(field, check) is { Count: > 0 } values && values is not ([""] or ["0"] or ["false"]))
                Line(terminal, "option", $"{field.Name} = {string.Join(", ", values)}");
        }

        WriteVotes(terminal, sight);
        WritePast(terminal, sight.Past);
    }

    internal static void WriteJson(Terminal terminal, CheckSight sight) => terminal.WriteObject(json =>
    {
        CheckView.WriteSettings(json, sight.Check, CheckNames.Of(sight.State));
        json.WriteString("state", sight.Row.State);
        json.WriteTime("since", sight.Row.SinceMs);
        json.WriteNumber("ok", sight.Row.Ok);
        json.WriteNumber("total", sight.Row.Total);
        json.WriteString("detail", sight.Row.Detail);
        json.WriteStrings("effective_alerts", sight.Row.Alerts);
        json.WriteStartArray("votes");
        foreach ((PeerStatus member, VoteRow? vote) in sight.Votes)
        {
            json.WriteStartObject();
            json.WriteString("node_id", member.NodeId);
            json.WriteString("advertise", member.Advertise);
            json.WriteString("state", vote?.State ?? "silent");
            if (vote is not null)
            {
                json.WriteMilliseconds("latency_ms", vote.LatencyUs);
                json.WriteNumber("age_ms", vote.AgeMs);
                json.WriteString("detail", vote.Detail);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteShare("uptime_30d", sight.Past);
        json.WriteOutages(sight.Past);
    });

    private static void Line(Terminal terminal, string name, string value, Tone tone = Tone.Plain) =>
        terminal.Out.WriteLine($"{name,-9}{terminal.Paint(Plain.Line(value), tone)}");

    private static void WriteVotes(Terminal terminal, CheckSight sight)
    {
        terminal.Out.WriteLine();
        TablePrinter table = new("NODE", "ADVERTISE", "SEES", "LATENCY", "AGE", "DETAIL");
        foreach ((PeerStatus member, VoteRow? vote) in sight.Votes)
        {
            if (vote is null)
                table.Add(member.NodeId, member.Advertise, new Cell("silent", Tone.Doubtful));
            else
                table.Add(member.NodeId, member.Advertise, new Cell(vote.State, StateWords.ToneOf(vote.State)), Latency(vote.LatencyUs), Times.Lasting(vote.AgeMs), vote.Detail);
        }

        table.Print(terminal);
    }

    private static void WritePast(Terminal terminal, CheckHistory? past)
    {
        if (past is null)
            return;
        terminal.Out.WriteLine();
        Line(terminal, "uptime", $"{Words.Percent(past.Share())} of the last {Durations.Format(CheckSight.Looked)}");
        if (past.Outages.Count == 0)
            return;
        terminal.Out.WriteLine();
        HistoryText.WriteOutages(terminal, past.Outages);
    }

    internal static string Latency(long us) => Words.Milliseconds(TimeSpan.FromMicroseconds(us));
}
