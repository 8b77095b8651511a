using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    internal static void Write(Terminal terminal, StatusReply status, TimeProvider clock)
    {
        Line(terminal, "node", $"{status.NodeId} ({status.Role})");
        Line(terminal, "cluster", status.ClusterId);
        bool led = status.Master.Length > 0;
        Line(terminal, "master", led ? status.Master : "none", led ? Tone.Plain : Tone.Bad);
        Line(terminal, "term", $"{status.Term}");
        Line(terminal, "quorum", $"{(status.Quorum ? "yes" : "no")} ({status.QuorumNeeded} of {status.Voters} needed)",
            status.Quorum ? Tone.Good : Tone.Bad);
        Line(terminal, "config", $"version {status.ConfigVersion}");
        Line(terminal, "log", $"applied {status.Applied} of {status.Commit}");
        if (status.Outbox > 0)
            Line(terminal, "outbox", $"{status.Outbox} alert messages wait for delivery", Tone.Doubtful);
        foreach (string warning in status.Warnings)
            Line(terminal, "warning", warning, Tone.Doubtful);

        terminal.Out.WriteLine();
        WritePeers(terminal, status, clock);
        terminal.Out.WriteLine();
        WriteChecks(terminal, status);
    }

    private static void Line(Terminal terminal, string name, string value, Tone tone = Tone.Plain) =>
        terminal.Out.WriteLine($"{name,-9}{terminal.Paint(Plain.Line(value), tone)}");

    private static void WritePeers(Terminal terminal, StatusReply status, TimeProvider clock)
    {
        TablePrinter table = new("PEER", "ADVERTISE", "ROLE", "LIVE", "LAST SEEN", "HEARS");
        foreach (PeerStatus peer in status.Peers)
        {
            Cell live = peer.Live ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Bad);
            string seen = peer.NodeId == status.NodeId ? "this node" : Times.Ago(clock, peer.LastSeenMs);
            table.Add(peer.NodeId, peer.Advertise, peer.Role, live, seen, Hears(peer, status));
        }
        table.Print(terminal);
    }

    private static string Hears(PeerStatus peer, StatusReply status)
    {
        if (!peer.Live)
            return "";
        List<string> others = [.. status.Peers.Select(other => other.NodeId).Where(id => id != peer.NodeId)];
        int heard = others.Count(peer.Hears.Contains);
        // The first group of a UUID is enough to tell a handful of nodes apart.
        string missing = string.Join(", ", others.Where(id => !peer.Hears.Contains(id)).Select(id => id.Split('-')[0]));
        return missing.Length == 0 ? $"{heard} of {others.Count}" : $"{heard} of {others.Count}, not {missing}";
    }

    private static void WriteChecks(Terminal terminal, StatusReply status)
    {
        if (status.Checks.Count == 0)
        {
            terminal.Say("no checks yet; add one: qu check add http web https://example.org/");
            return;
        }
        TablePrinter table = new("CHECK", "NAME", "STATE", "OK", "ALERTS", "DETAIL");
        foreach (CheckRow check in status.Checks)
        {
            table.Add(check.Id, check.Name, new Cell(check.State, StateWords.ToneOf(check.State)), $"{check.Ok}/{check.Total}",
                string.Join(",", check.Alerts), check.Detail);
        }
        table.Print(terminal);
    }
}
