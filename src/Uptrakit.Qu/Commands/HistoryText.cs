using Uptrakit.Qu.Control;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Commands;

/// <summary>The past for people.</summary>
internal static class HistoryText
{
    private const int MostShown = 20;
    private const int SparkWidth = 30;

    internal static void WriteHistory(Terminal terminal, HistoryReply reply)
    {
        CheckHistory past = reply.Checks[0];
        Line(terminal, "check", $"{past.Name} ({past.Id})");
        Line(terminal, "from", Times.Shown(reply.FromMs));
        Line(terminal, "to", Times.Shown(reply.ToMs));
        string down = past.DownMs > 0 ? $", down for {Times.Lasting(past.DownMs)}" : "";
        Line(terminal, "uptime", $"{Words.Percent(past.Share())}{down}");
        if (past.LeftOutMs > 0)
            Line(terminal, "left out", $"{Times.Lasting(past.LeftOutMs)} of maintenance, or of which nothing is known");
        terminal.Out.WriteLine();
        if (past.Outages.Count > 0)
            WriteOutages(terminal, past.Outages.Take(MostShown));
        else
            terminal.Say("no outage in this time");
        if (past.Outages.Count > MostShown)
            terminal.Say($"{past.Outages.Count - MostShown} older outages are not shown; --json has them");
        terminal.Out.WriteLine();
        WriteNodes(terminal, past, reply);
    }

    internal static void WriteUptime(Terminal terminal, HistoryReply reply)
    {
        if (reply.Checks.Count == 0)
        {
            terminal.Say("no checks yet; add one: qu check add http web https://example.org/");
            return;
        }

        TablePrinter table = new("CHECK", "SEEN BY", "UPTIME", "DOWN", "OUTAGES", "PROBES", "FAILED", "P50", "P95");
        foreach (CheckHistory past in reply.Checks)
        {
            table.Add(past.Name, "cluster", Share(past.Share()), past.DownMs > 0 ? Times.Lasting(past.DownMs) : "", $"{past.Outages.Count}");
            foreach (NodeResults node in past.Nodes)
            {
                ProbeSum sum = node.Results?.Sum ?? new();
                table.Add(past.Name, NameOf(node.NodeId, reply), Share(sum.Share()), "", "", $"{sum.Count}", $"{sum.Failures}", Latency(sum, sum.P50Us), Latency(sum, sum.P95Us));
            }
        }

        table.Print(terminal);
        if (reply.Nodes.Count == 0)
            terminal.Say("too many checks to ask the members about: name some to see what each member saw");
        SayWhoIsSilent(terminal, reply);
    }

    internal static void WriteOutages(Terminal terminal, IEnumerable<OutageRow> outages)
    {
        TablePrinter table = new("DOWN FROM", "TO", "LASTED", "DETAIL");
        foreach (OutageRow outage in outages)
        {
            bool over = outage.ToMs > 0;
            table.Add(Times.Shown(outage.FromMs), over ? Times.Shown(outage.ToMs) : new Cell("goes on", Tone.Bad), over ? Times.Lasting(outage.ToMs - outage.FromMs) : "", outage.Detail);
        }

        table.Print(terminal);
    }

    private static void WriteNodes(Terminal terminal, CheckHistory past, HistoryReply reply)
    {
        TablePrinter table = new("NODE", "OK", "PROBES", "FAILED", "AVG", "P50", "P95", "MAX", "LATENCY");
        foreach (NodeAnswer node in reply.Nodes)
        {
            if (past.Nodes.FirstOrDefault(told => told.NodeId == node.NodeId)?.Results is not { } results)
            {
                table.Add(NameOf(node.NodeId, reply), new Cell("silent", Tone.Doubtful));
                continue;
            }

            ProbeSum sum = results.Sum ?? new();
            table.Add(NameOf(node.NodeId, reply), Share(sum.Share()), $"{sum.Count}", $"{sum.Failures}", Latency(sum, sum.MeanUs), Latency(sum, sum.P50Us),
                Latency(sum, sum.P95Us), Latency(sum, sum.MostUs), Sparkline.Of(results, reply.FromMs, reply.ToMs, SparkWidth));
        }

        table.Print(terminal);
        SayWhoIsSilent(terminal, reply);
    }

    private static void SayWhoIsSilent(Terminal terminal, HistoryReply reply)
    {
        foreach (NodeAnswer node in reply.Nodes.Where(static node => node.Fault.Length > 0))
            terminal.Say($"{NameOf(node.NodeId, reply)} {node.Fault}");
    }

    /// <summary>The address says more than the id, where it is one member's.</summary>
    private static string NameOf(string nodeId, HistoryReply reply)
    {
        string shortId = nodeId.Split('-')[0];
        return reply.Nodes.FirstOrDefault(node => node.NodeId == nodeId) is { } node ? $"{shortId} {node.Advertise}" : shortId;
    }

    private static Cell Share(double? share) => new(Words.Percent(share), share switch { null => Tone.Doubtful, 1 => Tone.Good, _ => Tone.Plain });

    private static string Latency(ProbeSum sum, long us) => sum.Count > sum.Failures ? CheckSightView.Latency(us) : "";

    private static void Line(Terminal terminal, string name, string value) => terminal.Out.WriteLine($"{name,-9}{Plain.Line(value)}");
}
